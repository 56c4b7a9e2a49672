package io.promgres.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promgres.config.ConfigException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a web config file may say, and who may then do what. */
class WebConfigFileTest {

    // The password is "secret"; cost 4.
    private static final String HASH = "$2a$04$vbN3AdK8HdJXVpVJpDmUlur9xUAhWgvjqYyn9LH5DqzK0QpqKKRFO";
    private static final String ALICE = basic("alice:secret");
    private static final String TOKEN = "Bearer 0a1b2c";

    @TempDir
    private Path directory;

    @Test
    void anEmptyFileAsksNobody() throws IOException {
        WebConfig config = read("");

        assertThat(config.knowsItsClients()).isFalse();
        assertThat(config.tls()).isEmpty();
        for (RouteGroup group : RouteGroup.values()) {
            assertThat(config.authenticator().check(group, "")).isEqualTo(Verdict.GRANTED);
        }
    }

    @Test
    void withAUserEveryGroupButHealthAsksForCredentials() throws IOException {
        Authenticator authenticator = read(users()).authenticator();

        for (RouteGroup group : RouteGroup.values()) {
            Verdict nobody = group == RouteGroup.HEALTH ? Verdict.GRANTED : Verdict.UNAUTHENTICATED;
            assertThat(authenticator.check(group, "")).isEqualTo(nobody);
            assertThat(authenticator.decide(group, ALICE)).isEqualTo(Verdict.GRANTED);
        }
        assertThat(authenticator.challenges()).containsExactly("Basic realm=\"promgres\", charset=\"UTF-8\"");
    }

    @Test
    void aPasswordIsUndecidedUntilItIsHashedOnceAndThenRemembered() throws IOException {
        Authenticator authenticator = read(users()).authenticator();

        assertThat(authenticator.check(RouteGroup.WRITE, ALICE)).isEqualTo(Verdict.UNDECIDED);
        assertThat(authenticator.decide(RouteGroup.WRITE, ALICE)).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.check(RouteGroup.WRITE, ALICE)).isEqualTo(Verdict.GRANTED);

        String wrong = basic("alice:wrong");
        assertThat(authenticator.check(RouteGroup.WRITE, wrong)).isEqualTo(Verdict.UNDECIDED);
        assertThat(authenticator.decide(RouteGroup.WRITE, wrong)).isEqualTo(Verdict.UNAUTHENTICATED);
        assertThat(authenticator.check(RouteGroup.WRITE, wrong)).isEqualTo(Verdict.UNAUTHENTICATED);
        assertThat(authenticator.check(RouteGroup.WRITE, ALICE)).isEqualTo(Verdict.GRANTED);
    }

    @ParameterizedTest
    @CsvSource({"mallory:secret", "alice:", "alice:Secret", ":secret", "alice", "'alice:secret '"})
    void otherCredentialsAreWrong(String credentials) throws IOException {
        assertThat(read(users()).authenticator().decide(RouteGroup.WRITE, basic(credentials)))
                .isEqualTo(Verdict.UNAUTHENTICATED);
    }

    @ParameterizedTest
    @CsvSource({"Basic", "Basic !!!", "Digest x", "Bearer 0a1b2c", "alice:secret", "Basic YWxpY2U"})
    void whatIsNoBasicCredentialsIsRefused(String header) throws IOException {
        assertThat(read(users()).authenticator().decide(RouteGroup.WRITE, header))
                .isEqualTo(Verdict.UNAUTHENTICATED);
    }

    @Test
    void aTokenIsKnownByItsHashAndTwoMayBeValidWhileOneTakesThePlaceOfTheOther() throws IOException {
        Authenticator authenticator = read(token()).authenticator();

        assertThat(authenticator.check(RouteGroup.WRITE, TOKEN)).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.check(RouteGroup.WRITE, "bearer other")).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.check(RouteGroup.WRITE, "Bearer 0a1b2")).isEqualTo(Verdict.UNAUTHENTICATED);
        assertThat(authenticator.challenges()).containsExactly("Bearer realm=\"promgres\"");
    }

    @Test
    void aGroupMayBeForSomeForAllOrForAnyone() throws IOException {
        Authenticator authenticator = read(users() + token() + """
                  allow:
                    write: [shipper]
                    read: authenticated
                    metrics: anyone
                """).authenticator();

        assertThat(authenticator.check(RouteGroup.WRITE, TOKEN)).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.decide(RouteGroup.WRITE, ALICE)).isEqualTo(Verdict.FORBIDDEN);
        assertThat(authenticator.check(RouteGroup.READ, ALICE)).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.check(RouteGroup.METRICS, "")).isEqualTo(Verdict.GRANTED);
        assertThat(authenticator.check(RouteGroup.ADMIN, "")).isEqualTo(Verdict.UNAUTHENTICATED);
    }

    @Test
    void headersAreTheOnesThatPrometheusKnows() throws IOException {
        assertThat(read("http_server_config: {http2: true, headers: {X-Frame-Options: deny}}")
                        .headers())
                .containsEntry("X-Frame-Options", "deny");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            basic_auth_user: {a: b}                                       | :1: unknown key basic_auth_user
            basic_auth_users: {alice: hunter2}                            | :1: the password of alice is not a bcrypt hash
            basic_auth_users: {alice: $2y$31$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui} | not a bcrypt hash of cost 4 to 16
            basic_auth_users: [alice]                                     | :1: expected keys with values
            promgres: {allow: {write: [bob]}}                             | :1: there is neither a user nor a token bob
            promgres: {allow: {write: authenticated}}                     | :1: there is neither a user nor a token
            promgres: {allow: {write: everybody}}                         | :1: expected anyone, authenticated, or a list of names
            promgres: {allow: {writes: anyone}}                           | :1: unknown key writes
            promgres: {bearer_tokens: {bob: nowhere}}                     | the file
            http_server_config: {headers: {X-Powered-By: x}}              | :1: unknown key X-Powered-By
            http_server_config: {http2: maybe}                            | :1: expected true or false
            tls_server_config: {}                                         | :1: tls_server_config needs cert_file
            tls_server_config: {cert_file: nowhere, key_file: x}          | does not exist
            tls_server_config: {min_version: TLS10}                       | tls_server_config needs cert_file
            """)
    void aMistakeIsNamedWithItsLine(String text, String complaint) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("web.yml")
                .hasMessageContaining(complaint)
                .message()
                .doesNotContain("hunter2", "iXieOjg");
    }

    @Test
    void aTokenFileHasHashesAndNothingElse() throws IOException {
        Files.writeString(directory.resolve("clear"), "correct-horse-battery-staple");

        assertThatThrownBy(() -> read("promgres: {bearer_tokens: {bob: clear}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("must have a SHA-256 in 64 hex digits on each line")
                .message()
                .doesNotContain("correct-horse");
    }

    private WebConfig read(String text) throws IOException {
        return WebConfigFile.read(Files.writeString(directory.resolve("web.yml"), text));
    }

    private static String users() {
        return "basic_auth_users: {alice: '" + HASH + "'}\n";
    }

    // The SHA-256 of 0a1b2c and of other.
    private String token() throws IOException {
        Files.writeString(
                directory.resolve("token"),
                "# since November\nc6cb1e1ae775b8fc5ff6938fdc77889913eba4507dac14767a06da926c1688b2\n\nd9298a10d1b0735837dc4bd85dac641b0f3cef27a47e5d53a54f2f3f5b2fcffa\n");
        return "promgres:\n  bearer_tokens: {shipper: token}\n";
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
    }
}
