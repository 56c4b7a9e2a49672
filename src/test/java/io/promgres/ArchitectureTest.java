package io.promgres;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which package may know which. Each rule says why in its failure. */
class ArchitectureTest {

    private static final String ROOT = "io.promgres";
    private static final String[] WITH_SQL = packages(
            "backup cli daemon energy maintenance packing perftest query remoteread replica rollup schema session status store tiers");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    /** Package, the packages that it may use, and why no other. Every package has a row, and uses all that its row allows. */
    private static final String DIRECTIONS = """
            access      | config                                                                        | who may do what is decided without sockets
            backup      | config schema session                                                         | it copies rows, and knows no feature
            cli         | access backup config daemon embedded energy maintenance model observe promql query remoteread schema store transfer | a command puts parts together
            codec       | model                                                                         | it knows bytes, and no message of a protocol
            config      |                                                                               | every part is given its settings, it gives none of them anything
            daemon      | access config embedded energy http ingest maintenance observe perftest promql query remoteread remotewrite replica schedule schema series status store tiers | it puts the daemon together
            embedded    | config                                                                        | it is a database to connect to, like any other
            energy      | config model observe store                                                    | it observes what is written, and is not asked
            histogram   | codec model                                                                      | a histogram is a value, wherever it came from
            http        | access config observe                                                         | it is a server: endpoints stand with their features
            ingest      | model observe series store                                                    | it takes what is decoded, over whatever protocol it came
            maintenance | config observe packing rollup store                                                 | it works on what is stored, not on requests
            model       |                                                                               | it is what the others have in common
            observe     |                                                                               | every part reports to it
            packing     | observe store                                                                 | it moves what is stored, and does not care which protocol brought it
            perftest    | http model store                                                              | results are a feature of their own
            query       | codec histogram http model promql remoteread tiers                                                    | it is what clients of Prometheus ask, and evaluates nothing
            promql      |                                                                               | it computes on arrays, and knows neither SQL nor HTTP
            remoteread  | codec histogram http model tiers                                              | it reads what is stored, whatever wrote it
            remotewrite | codec histogram http ingest model observe replica                             | the database stays behind ingest
            replica     |                                                                               | an election needs a database and a clock, and no protocol
            rollup      | packing store                                                                 | it is made of what has been packed, and packing goes on without it
            schedule    | observe                                                                       | it knows no job
            schema      | config session                                                                | migrations run before anything else is there
            session     | access config                                                                 | a session begins before any statement of a feature
            series      | model                                                                         | a cache knows neither where series come from nor where they go
            status      | http                                                                          | it looks on: without it, everything is stored as before
            store       | config model observe session                                                  | the database does not know which protocol writes to it
            tiers       | packing store                                                                 | it reads what is stored, whoever asks for it
            transfer    | codec histogram model remoteread remotewrite                                  | it is a client of two servers, and of the reader of samples
            """;

    @ParameterizedTest(name = "{0} knows only: {1}")
    @MethodSource("directions")
    void aPackageKnowsOnlyThoseBelowIt(String name, Set<String> allowed, String reason) {
        noClasses()
                .that(resideInAnyPackage(packages(name)))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                        .and(resideOutsideOfPackages(packages((name + " " + String.join(" ", allowed)).strip()))))
                .because(reason)
                .check(CLASSES);
    }

    @ParameterizedTest(name = "{0} uses each of: {1}")
    @MethodSource("directions")
    void nothingIsAllowedThatNothingUses(String name, Set<String> allowed, String reason) {
        assertEquals(allowed, usedBy(name), "the row of " + name + " allows what it does not need");
    }

    @Test
    void everyPackageHasARowAndAnIntroduction() throws IOException {
        Set<String> rows =
                directions().map(row -> (String) row.get()[0]).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(packageNames(), rows);
        for (String name : rows) {
            Path info = Path.of("src/main/java/io/promgres", name, "package-info.java");
            assertTrue(Files.exists(info), () -> name + " has no package-info.java");
            String text = Files.readString(info);
            long lines = text.lines().filter(line -> line.startsWith(" * ")).count();
            assertTrue(lines >= 3 && lines <= 6, () -> name + " is introduced in " + lines + " lines, not in 3 to 6");
            assertTrue(
                    text.contains("egin with"), () -> "the introduction of " + name + " does not say where to begin");
        }
    }

    private static Stream<Arguments> directions() {
        return DIRECTIONS
                .lines()
                .map(line -> line.split("\\|"))
                .map(row -> Arguments.of(row[0].strip(), names(row[1]), row[2].strip()));
    }

    private static Set<String> names(String list) {
        return Arrays.stream(list.strip().split(" "))
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> packageNames() {
        return CLASSES.stream()
                .map(JavaClass::getPackageName)
                .map(ArchitectureTest::topLevel)
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> usedBy(String name) {
        return CLASSES.stream()
                .filter(one -> topLevel(one.getPackageName()).equals(Optional.of(name)))
                .flatMap(one -> one.getDirectDependenciesFromSelf().stream())
                .map(one -> topLevel(one.getTargetClass().getPackageName()))
                .flatMap(Optional::stream)
                .filter(other -> !other.equals(name))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The name of the package of the first level that a package is in; empty for other code and for the top. */
    private static Optional<String> topLevel(String packageName) {
        return packageName.startsWith(ROOT + ".")
                ? Optional.of(packageName.substring(ROOT.length() + 1).split("\\.")[0])
                : Optional.empty();
    }

    @Test
    void nothingKnowsTheCompositionRoot() {
        noClasses()
                .that(resideInAPackage(ROOT + ".*.."))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT))
                .because("Main begins everything: a part that knew it could not be used without the others")
                .check(CLASSES);
    }

    @Test
    void noTwoPackagesKnowEachOther() {
        slices().matching(ROOT + ".(*)..")
                .should()
                .beFreeOfCycles()
                .because("packages in a circle are one package: none can be understood, tested or replaced alone")
                .check(CLASSES);
    }

    @Test
    void onlyHttpKnowsNetty() {
        noClasses()
                .that(resideOutsideOfPackages(packages("http")))
                .should()
                .dependOnClassesThat(resideInAPackage("io.netty.."))
                .because(
                        "reference-counted buffers stay where they are counted; the rest of the code reads byte arrays")
                .check(CLASSES);
    }

    @Test
    void onlyTheProtocolsKnowTheGeneratedMessages() {
        noClasses()
                .that(resideOutsideOfPackages(packages("codec histogram remotewrite remoteread")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("io.promgres.codec.proto..", "com.google.protobuf.."))
                .because(
                        "the message of a protocol version is not the model: another version must not reach the others")
                .check(CLASSES);
    }

    @Test
    void jdbcIsUsedWhereSqlLives() {
        DescribedPredicate<JavaClass> jdbc = resideInAnyPackage(
                        "java.sql..", "javax.sql..", "org.postgresql..", "com.zaxxer..")
                .and(DescribedPredicate.not(JavaClass.Predicates.assignableTo(SQLException.class)));
        noClasses()
                .that(resideOutsideOfPackages(WITH_SQL))
                .should()
                .dependOnClassesThat(jdbc)
                .because("SQL is next to what it is about; elsewhere only its failures are known")
                .check(CLASSES);
    }

    @Test
    void onlyConfigReadsYaml() {
        noClasses()
                .that(resideOutsideOfPackages(packages("config")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("com.fasterxml.jackson.dataformat.yaml..", "org.yaml.."))
                .because("one reader says of every file in the same words where it is wrong")
                .check(CLASSES);
    }

    @Test
    void onlyConfigReadsTheEnvironment() {
        noClasses()
                .that(resideOutsideOfPackages(packages("config")))
                .and()
                // It runs on a Java that is too old for the package config, and asks which Java that is.
                .doNotHaveSimpleName("Launcher")
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class)
                .orShould()
                .callMethod(System.class, "getProperty", String.class, String.class)
                .orShould()
                .callMethod(System.class, "getProperties")
                .because(
                        "a setting that is read elsewhere is neither documented nor checked, and --print-config does not show it")
                .check(CLASSES);
    }

    private static String[] packages(String names) {
        return Arrays.stream(names.split(" "))
                .map(name -> ROOT + "." + name + "..")
                .toArray(String[]::new);
    }
}
