package org.netcachefs.arch;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The dependency rules hold in what is shipped, and each of them reports a violation planted for it. */
class DependencyRulesTest {
    private static final String SHIPPED = "org.netcachefs";
    private static final String PLANTED = "org.netcachefs.arch.planted";

    @Nested
    class Shipped {
        private static final JavaClasses CLASSES = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(SHIPPED);

        @TestFactory
        List<DynamicTest> everyRuleHolds() {
            return rules(SHIPPED, CLASSES).entrySet().stream()
                    .map(rule -> DynamicTest.dynamicTest(
                            rule.getKey(), () -> rule.getValue().check(CLASSES)))
                    .toList();
        }

        @Test
        void everyModuleIsLookedAt() {
            for (String module : DependencyRules.MODULES) {
                assertThat(CLASSES)
                        .extracting(JavaClass::getPackageName)
                        .anyMatch(name -> (name + ".").startsWith(SHIPPED + "." + module + "."));
            }
            assertThat(CLASSES).noneMatch(type -> type.getPackageName().startsWith("org.netcachefs.arch"));
        }
    }

    @Nested
    class Planted {
        private static final JavaClasses CLASSES = new ClassFileImporter().importPackages(PLANTED);
        private static final Map<String, ArchRule> RULES = rules(PLANTED, CLASSES);

        @Test
        void layers_reportUpwardAndSidewaysDependencies() {
            // SeesInternal is no violation here: the daemon may see the store.
            assertThat(reported("layers"))
                    .containsExactlyInAnyOrder(
                            "cli.SeesStore", "daemon.SeesCli", "fuse.SeesStore", "store.SeesDaemon", "store.SeesFuse");
        }

        @Test
        void packageCycles_reportReaderAndWriterButNotTheDoorToInternal() {
            JavaClasses pair = new ClassFileImporter()
                    .importPackages(PLANTED + ".daemon.read", PLANTED + ".daemon.write", PLANTED + ".store.internal");
            assertThat(reported("packageCycles", pair))
                    .containsExactlyInAnyOrder("daemon.read.Reader", "daemon.write.Writer");
        }

        @Test
        void packageCycles_leaveOutTheDoorToInternal() {
            JavaClasses store = new ClassFileImporter()
                    .importClasses(
                            org.netcachefs.arch.planted.store.Cache.class,
                            org.netcachefs.arch.planted.store.internal.Index.class);
            assertThat(reported("packageCycles", store)).isEmpty();
        }

        @Test
        void internalPackages_reportAnotherModule() {
            assertThat(reported("internalPackages")).containsExactly("daemon.SeesInternal");
        }

        @Test
        void jnr_reportsTheDaemon() {
            assertThat(reported("jnr")).containsExactlyInAnyOrder("daemon.NamesJnr", "daemon.NamesJnrFuse");
        }

        @Test
        void rocksDb_reportsTheDaemon() {
            assertThat(reported("rocksDb")).containsExactly("daemon.NamesRocksDb");
        }

        @Test
        void picocli_reportsAnAnnotationInTheDaemon() {
            assertThat(reported("picocli")).containsExactly("daemon.NamesPicocli");
        }

        @Test
        void logback_reportsTheDaemon() {
            assertThat(reported("logback")).containsExactly("daemon.NamesLogback");
        }

        @Test
        void interrupts_reportEachWay() {
            assertThat(reported("interrupts")).containsExactly("daemon.Interrupts");
            assertThat(details("interrupts"))
                    .contains(".thread(", ".future(", ".pool(", ".reference(")
                    .doesNotContain(".asked(");
        }

        @Test
        void threadLocals_reportAField() {
            assertThat(reported("threadLocals")).containsExactly("daemon.KeepsThreadLocal");
        }

        @Test
        void mappedFiles_reportAMap() {
            assertThat(reported("mappedFiles")).containsExactly("daemon.MapsFile");
        }

        @Test
        void console_reportsEachWayOutsideCli() {
            assertThat(reported("console")).containsExactly("daemon.Prints");
            assertThat(details("console")).contains(".out(", ".err(", ".exit(", ".trace(");
        }

        @Test
        void pureDecisions_reportClockFileAndHelper() {
            assertThat(reported("pureDecisions"))
                    .containsExactlyInAnyOrder(
                            "daemon.pure.ClockWindow", "daemon.pure.FilePolicy", "daemon.pure.IndirectShaper");
        }

        private static Set<String> reported(String rule) {
            return reported(rule, CLASSES);
        }

        /** The planted classes in which the violations begin, without the planted base package. */
        private static Set<String> reported(String rule, JavaClasses classes) {
            Pattern origin = Pattern.compile("<" + Pattern.quote(PLANTED) + "\\.([a-z.]+\\.[A-Z]\\w*)");
            return RULES.get(rule).evaluate(classes).getFailureReport().getDetails().stream()
                    .flatMap(String::lines)
                    .map(origin::matcher)
                    .filter(java.util.regex.Matcher::find)
                    .map(found -> found.group(1))
                    .collect(Collectors.toSet());
        }

        private static String details(String rule) {
            return String.join(
                    "\n", RULES.get(rule).evaluate(CLASSES).getFailureReport().getDetails());
        }
    }

    private static Map<String, ArchRule> rules(String base, JavaClasses classes) {
        DependencyRules rules = new DependencyRules(base);
        Map<String, ArchRule> byName = new TreeMap<>();
        byName.put("layers", rules.layers());
        byName.put("packageCycles", rules.packageCycles(classes));
        byName.put("internalPackages", rules.internalPackages());
        byName.put("jnr", rules.jnr());
        byName.put("rocksDb", rules.rocksDb());
        byName.put("picocli", rules.picocli());
        byName.put("logback", rules.logback());
        byName.put("interrupts", rules.interrupts());
        byName.put("threadLocals", rules.threadLocals());
        byName.put("mappedFiles", rules.mappedFiles());
        byName.put("console", rules.console());
        byName.put("pureDecisions", rules.pureDecisions());
        return byName;
    }
}
