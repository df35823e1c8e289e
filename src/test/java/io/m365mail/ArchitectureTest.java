package io.m365mail;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Which package may know which. A package that is not in the table may know every one but {@code cli} and {@code app}; it
 * gets a line when it settles.
 */
class ArchitectureTest {
    private static final String ROOT = "io.m365mail.";

    /** Package, and what of ours it may know. Sub-packages count as packages of their own. */
    private static final Map<String, String> MAY_KNOW = new TreeMap<>(Map.ofEntries(
            Map.entry("mail", ""),
            Map.entry("smtp", "mail"),
            Map.entry("verdict", "smtp"),
            Map.entry("smtp.server", "mail smtp"),
            Map.entry("config", "mail"),
            Map.entry("oauth", "mail smtp config"),
            Map.entry("smtp.client", "mail smtp oauth config"),
            Map.entry("dns", "smtp smtp.client config"),
            Map.entry("store", "config"),
            Map.entry("limit", "store config"),
            Map.entry("sandbox", "mail smtp smtp.server verdict config")));

    private static JavaClasses ours;

    @BeforeAll
    static void read() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.m365mail");
        assertThat(ours).hasSizeGreaterThan(50);
    }

    static Stream<Map.Entry<String, String>> layers() {
        return MAY_KNOW.entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aPackageKnowsOnlyTheLayersBelow(Map.Entry<String, String> layer) {
        String[] allowed = Stream.concat(
                        Stream.of(ROOT + layer.getKey()),
                        Arrays.stream(layer.getValue().split(" ")).map(p -> ROOT + p))
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(ROOT + layer.getKey())
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.m365mail..")).or(resideInAnyPackage(allowed)))
                .check(ours);
    }

    @Test
    void nothingKnowsTheCommandLineAndOnlyThatKnowsTheApplication() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "cli..")
                .check(ours);
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "cli..", ROOT + "app..", ROOT + "demo..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "app..")
                .check(ours);
    }

    @Test
    void thereAreNoCyclesBetweenPackages() {
        slices().matching("io.m365mail.(**)").should().beFreeOfCycles().check(ours);
    }

    @Test
    void slf4jIsTheOnlyLog() {
        GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(ours);
    }

    @Test
    void onlyCommandsPrint() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .and()
                .doNotHaveFullyQualifiedName(ROOT + "app.Demo")
                .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .check(ours);
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(ours);
    }

    /** But the sandbox's token endpoint, which plays a slow Entra in a thread of its own. */
    @Test
    void nothingSleeps() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(ROOT + "sandbox.TokenEndpoint")
                .should()
                .callMethod(Thread.class, "sleep", long.class)
                .orShould()
                .callMethod(Thread.class, "sleep", long.class, int.class)
                .orShould()
                .callMethod(TimeUnit.class, "sleep", long.class)
                .check(ours);
    }

    @Test
    void noStateIsStatic() {
        fields().that().areStatic().should().beFinal().check(ours);
    }
}
