package io.promgres;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which package may know which. Each rule says why in its failure. */
class ArchitectureTest {

    private static final String ROOT = "io.promgres";
    private static final String[] WITH_SQL =
            packages("store schema packing maintenance energy perftest remoteread status");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    @ParameterizedTest(name = "{0} knows only: {1}")
    @CsvSource(delimiter = '|', textBlock = """
            model       | ''                                                         | it is what the others have in common
            config      | ''                                                         | every part is given its settings, it gives none of them anything
            observe     | ''                                                         | everything reports to it
            access      | config                                                     | who may do what is decided without sockets
            wire        | model                                                      | decoding is bytes in, model out, testable without a daemon
            series      | model observe config                                       | a cache knows neither where series come from nor where they go
            store       | model observe config                                       | the database does not know who writes to it
            schema      | observe config                                             | migrations run before anything else is there
            embedded    | observe config                                             | it is a database to connect to, like any other
            ingest      | series store model observe config                          | it takes what is decoded, over whatever protocol it came
            packing     | store model observe config                                 | it moves what is stored, and does not care who stored it
            maintenance | packing store model observe config                         | it works on what is stored, not on requests
            status      | observe config                                             | it looks on: it could be taken away, and nothing would be stored otherwise
            transfer    | wire remoteread model                                      | it is a client of two servers, and of the reader of samples
            http        | access wire ingest remoteread perftest energy status model observe config | it is the border: requests go through it, the database stays behind ingest
            """)
    void aPackageKnowsOnlyThoseBelowIt(String name, String allowed, String reason) {
        noClasses()
                .that(resideInAnyPackage(packages(name)))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + "..")
                        .and(resideOutsideOfPackages(packages((name + " " + allowed).strip()))))
                .because(reason)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    @Test
    void nothingKnowsTheCompositionRoot() {
        noClasses()
                .that(resideInAPackage(ROOT + ".*.."))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT))
                .because(
                        "Main and Daemon put the parts together: a part that knew them could not be used without the others")
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
                .because("reference-counted buffers stay where somebody counts; the rest of the code reads byte arrays")
                .check(CLASSES);
    }

    @Test
    void onlyWireKnowsTheGeneratedMessages() {
        noClasses()
                .that(resideOutsideOfPackages(packages("wire")))
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
                .that(resideOutsideOfPackages(
                        Stream.concat(Arrays.stream(WITH_SQL), Stream.of(ROOT)).toArray(String[]::new)))
                .should()
                .dependOnClassesThat(jdbc)
                .because("SQL is next to what it is about; elsewhere only its failures are known")
                .check(CLASSES);
    }

    @Test
    void onlyConfigReadsTheEnvironment() {
        noClasses()
                .that(resideOutsideOfPackages(packages("config")))
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
