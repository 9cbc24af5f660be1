package org.netcachefs.arch;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceRule;
import java.io.Console;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * What may depend on what, below one base package, so that the same rules can be held against planted violations.
 */
final class DependencyRules {
    static final List<String> MODULES = List.of("fuse", "store", "daemon", "cli");

    private final String base;

    DependencyRules(String base) {
        this.base = base;
    }

    /** cli sees daemon, daemon sees fuse and store, and neither of these sees any of ours. */
    ArchRule layers() {
        return layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy(in("cli.."))
                .layer("daemon")
                .definedBy(in("daemon.."))
                .layer("fuse")
                .definedBy(in("fuse.."))
                .layer("store")
                .definedBy(in("store.."))
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("daemon")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("fuse")
                .mayOnlyBeAccessedByLayers("daemon")
                .whereLayer("store")
                .mayOnlyBeAccessedByLayers("daemon")
                .allowEmptyShould(true);
    }

    /**
     * No package reaches itself through others. One edge is left out: the door from a package to its own {@code internal}
     * half, whose classes implement its interfaces.
     */
    ArchRule packageCycles(JavaClasses all) {
        SliceRule rule = slices().matching(in("(**)")).should().beFreeOfCycles();
        for (String owner : packagesWithInternals(all)) {
            rule = rule.ignoreDependency(resideInAPackage(owner), resideInAPackage(owner + ".internal.."));
        }
        return rule.allowEmptyShould(true);
    }

    private static Set<String> packagesWithInternals(JavaClasses all) {
        return all.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> (name + ".").contains(".internal."))
                .map(name -> name.substring(0, (name + ".").indexOf(".internal.")))
                .collect(Collectors.toSet());
    }

    /** A package named internal is seen by its own module only. */
    ArchRule internalPackages() {
        CompositeArchRule rule = CompositeArchRule.of(privateToModule(MODULES.get(0)));
        for (String module : MODULES.subList(1, MODULES.size())) {
            rule = rule.and(privateToModule(module));
        }
        return rule;
    }

    private ArchRule privateToModule(String module) {
        return noClasses()
                .that()
                .resideInAPackage(in(".."))
                .and()
                .resideOutsideOfPackage(in(module + ".."))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(in(module + "..internal.."))
                .allowEmptyShould(true);
    }

    /** Native calls are made in the transport and in the two places next to the file systems. */
    ArchRule jnr() {
        return onlyWithin(
                List.of("fuse..", "daemon.upstream.internal..", "store.internal.."),
                "jnr..",
                "ru.serce.jnrfuse..",
                "com.kenai.jffi..");
    }

    ArchRule rocksDb() {
        return onlyWithin(List.of("store.internal.."), "org.rocksdb..");
    }

    ArchRule picocli() {
        return onlyWithin(List.of("cli.."), "picocli..");
    }

    /** SLF4J is the only logging that code names. */
    ArchRule logback() {
        return onlyWithin(List.of(), "ch.qos.logback..");
    }

    private ArchRule onlyWithin(List<String> homes, String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(homes.stream().map(this::in).toArray(String[]::new))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .allowEmptyShould(true);
    }

    /** An interrupt closes the FileChannel its thread is in, for everyone. */
    ArchRule interrupts() {
        return noClasses()
                .should()
                .accessTargetWhere(target(Thread.class, "interrupt")
                        .or(target(Future.class, "cancel"))
                        .or(target(ExecutorService.class, "shutdownNow"))
                        .as("it interrupts a thread"))
                .allowEmptyShould(true);
    }

    ArchRule threadLocals() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(ThreadLocal.class)
                .allowEmptyShould(true);
    }

    /** A mapped file faults where a read would have answered with an error. */
    ArchRule mappedFiles() {
        return noClasses()
                .should()
                .accessTargetWhere(target(FileChannel.class, "map"))
                .allowEmptyShould(true);
    }

    /** Only the command line talks to a console and decides the exit code. */
    ArchRule console() {
        return noClasses()
                .that()
                .resideOutsideOfPackage(in("cli.."))
                .should()
                .accessTargetWhere(target(System.class, "exit", "out", "err", "in", "console")
                        .or(target(Runtime.class, "exit"))
                        .or(target(Console.class))
                        .or(printedStackTrace())
                        .as("it uses the console or ends the process"))
                .allowEmptyShould(true);
    }

    /** Shaping, windows and policies are pure: what they decide can be tested without a disk or a clock. */
    ArchRule pureDecisions() {
        return classes()
                .that()
                .haveNameMatching(".*(Shaper|Window|Policy)")
                .should()
                .onlyDependOnClassesThat(new ValueTypes(base))
                .allowEmptyShould(true);
    }

    private String in(String pattern) {
        return pattern.equals("..") ? base + ".." : base + "." + pattern;
    }

    /** Access to one of these members (any, if none is named) of {@code owner} or of a subtype. */
    private static DescribedPredicate<JavaAccess<?>> target(Class<?> owner, String... members) {
        Set<String> names = Set.of(members);
        return describe("the target is " + owner.getSimpleName() + names, access -> {
            AccessTarget target = access.getTarget();
            return target.getOwner().isAssignableTo(owner) && (names.isEmpty() || names.contains(target.getName()));
        });
    }

    private static DescribedPredicate<JavaAccess<?>> printedStackTrace() {
        return describe("the target is printStackTrace()", access -> {
            AccessTarget target = access.getTarget();
            return target.getOwner().isAssignableTo(Throwable.class)
                    && target.getFullName().endsWith(".printStackTrace()");
        });
    }
}
