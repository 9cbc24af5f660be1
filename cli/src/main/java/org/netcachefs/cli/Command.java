package org.netcachefs.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.netcachefs.daemon.config.ExitCode;
import org.netcachefs.daemon.config.RefusedException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** One command: its options and parameters, declared in the constructor, and what it does. */
abstract class Command implements Callable<Integer> {
    private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    Command(String name, String description) {
        spec.name(name).qualifiedName("netcachefs " + name);
        spec.usageMessage().description(description).abbreviateSynopsis(true).sortOptions(false);
        spec.interpolateVariables(false);
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .type(boolean.class)
                .description("Shows this help.")
                .build());
    }

    final CommandSpec spec() {
        return spec;
    }

    abstract ExitCode run() throws RefusedException;

    @Override
    public final Integer call() throws RefusedException {
        return run().code();
    }

    final void flag(String description, String... names) {
        spec.addOption(OptionSpec.builder(names)
                .type(boolean.class)
                .description(description)
                .build());
    }

    final void parameter(String label, String arity, String description) {
        int index = spec.positionalParameters().size();
        boolean many = arity.endsWith("*");
        spec.addPositional(PositionalParamSpec.builder()
                .paramLabel(label)
                .index(many ? index + "..*" : String.valueOf(index))
                .arity(arity)
                .required(!arity.startsWith("0"))
                .type(many ? List.class : String.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build());
    }

    final boolean has(String option) {
        return parsed().hasMatchedOption(option) && Boolean.TRUE.equals(parsed().matchedOptionValue(option, true));
    }

    final <T> Optional<T> value(String option) {
        return parsed().hasMatchedOption(option)
                ? Optional.ofNullable(parsed().<T>matchedOptionValue(option, null))
                : Optional.empty();
    }

    final String parameter(int index) {
        return optional(index).orElseThrow();
    }

    final Optional<String> optional(int index) {
        return all().size() > index ? Optional.of(all().get(index)) : Optional.empty();
    }

    /** All parameters, as typed. */
    final List<String> all() {
        return parsed().matchedPositionals().stream()
                .map(ArgSpec::stringValues)
                .flatMap(List::stream)
                .toList();
    }

    final ParseResult parsed() {
        return spec.commandLine().getParseResult();
    }
}
