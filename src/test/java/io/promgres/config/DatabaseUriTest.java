package io.promgres.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUriTest {

    @Test
    void allPartsAreRead() {
        DatabaseUri uri = DatabaseUri.parse("postgresql://user:pass@host:5433/db?sslmode=require&application_name=a");

        assertThat(uri.hosts()).containsExactly(new HostPort("host", 5433));
        assertThat(uri.user()).isEqualTo("user");
        assertThat(uri.password()).contains("pass");
        assertThat(uri.database()).isEqualTo("db");
        assertThat(uri.parameters())
                .containsExactly(Map.entry("sslmode", "require"), Map.entry("application_name", "a"));
    }

    @Test
    void theShortSchemeIsTheSame() {
        assertThat(DatabaseUri.parse("postgres://u@h/d")).isEqualTo(DatabaseUri.parse("postgresql://u@h/d"));
    }

    @Test
    void whatIsLeftOutHasItsDefault() {
        String me = System.getProperty("user.name");

        assertThat(DatabaseUri.parse("postgresql://"))
                .isEqualTo(
                        new DatabaseUri(List.of(new HostPort("localhost", 5432)), me, me, Optional.empty(), Map.of()));
        assertThat(DatabaseUri.parse("postgresql://u@").database()).isEqualTo("u");
        assertThat(DatabaseUri.parse("postgresql://u@h?").hosts()).containsExactly(new HostPort("h", 5432));
        assertThat(DatabaseUri.parse("postgresql:///d").database()).isEqualTo("d");
        assertThat(DatabaseUri.parse("postgresql://u@h:/d").hosts()).containsExactly(new HostPort("h", 5432));
    }

    @Test
    void percentEncodingIsDecodedEverywhereAndAPlusIsAPlus() {
        DatabaseUri uri = DatabaseUri.parse("postgresql://a%40b:p%2F%3a%C3%A4+@h%2Dx/d%20e?application_name=x+y%26z");

        assertThat(uri.user()).isEqualTo("a@b");
        assertThat(uri.password()).contains("p/:ä+");
        assertThat(uri.hosts().get(0).host()).isEqualTo("h-x");
        assertThat(uri.database()).isEqualTo("d e");
        assertThat(uri.parameters()).containsEntry("application_name", "x+y&z");
    }

    @Test
    void aPasswordMayHaveColonsAndQuestionMarks() {
        assertThat(DatabaseUri.parse("postgresql://u:a:b?c@h/d").password()).contains("a:b?c");
        assertThat(DatabaseUri.parse("postgresql://u:@h/d").password()).contains("");
    }

    @Test
    void ipv6AddressesStandInBrackets() {
        DatabaseUri uri = DatabaseUri.parse("postgresql://u@[2001:db8::1]:5433,[::1]/d");

        assertThat(uri.hosts()).containsExactly(new HostPort("2001:db8::1", 5433), new HostPort("::1", 5432));
        assertThat(uri.jdbcUrl()).isEqualTo("jdbc:postgresql://[2001:db8::1]:5433,[::1]:5432/d");
    }

    @Test
    void severalHostsHaveTheirPortsOrShareOne() {
        assertThat(DatabaseUri.parse("postgresql://u@a:1,b,c:3/d").hosts())
                .containsExactly(new HostPort("a", 1), new HostPort("b", 5432), new HostPort("c", 3));
        assertThat(DatabaseUri.parse("postgresql:///d?host=a,b&port=7").hosts())
                .containsExactly(new HostPort("a", 7), new HostPort("b", 7));
    }

    @Test
    void parametersMayNameTheLocationAndWin() {
        assertThat(DatabaseUri.parse("postgresql://u:p@h/d?user=u2&password=p2&host=h2&port=1&dbname=d2"))
                .isEqualTo(new DatabaseUri(List.of(new HostPort("h2", 1)), "d2", "u2", Optional.of("p2"), Map.of()));
    }

    @Test
    void pgjdbcGetsItsOwnNames() {
        DatabaseUri uri = DatabaseUri.parse("postgresql://u:p%25@h/a%20b%2Bc?sslmode=verify-full&application_name=x"
                + "&connect_timeout=3&keepalives=1&target_session_attrs=read-write&options=-c%20geqo%3Doff");

        assertThat(uri.jdbcUrl()).isEqualTo("jdbc:postgresql://h:5432/a%20b%2Bc");
        assertThat(uri.properties())
                .containsOnly(
                        Map.entry("user", "u"),
                        Map.entry("password", "p%"),
                        Map.entry("sslmode", "verify-full"),
                        Map.entry("ApplicationName", "x"),
                        Map.entry("connectTimeout", "3"),
                        Map.entry("tcpKeepAlive", "true"),
                        Map.entry("targetServerType", "primary"),
                        Map.entry("options", "-c geqo=off"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "jdbc:postgresql://h:1/d?user=u&password=p&ApplicationName=x|postgresql://u:p@h:1/d?application_name=x",
                "jdbc:postgresql://a:1,b/d?user=u&targetServerType=secondary"
                        + "|postgresql://u@a:1,b:5432/d?target_session_attrs=standby",
                "jdbc:postgresql:d?user=u|postgresql://u@localhost:5432/d",
                "jdbc:postgresql:/d?user=u|postgresql://u@localhost:5432/d",
                "jdbc:postgresql:/?user=u|postgresql://u@localhost:5432/u",
                "jdbc:postgresql://[::1]/d?user=u&ssl=true|postgresql://u@[::1]:5432/d?sslmode=verify-full",
            })
    void aJdbcUrlIsReadAsThePsqlFormOfTheSame(String jdbc, String psql) {
        assertThat(DatabaseUri.parse(jdbc).psql()).isEqualTo(psql);
    }

    @Test
    void thePsqlFormReadsBackAsTheSame() {
        DatabaseUri uri = DatabaseUri.parse("postgresql://a%40b:p%2F%3a%C3%A4+&=@h,[::1]:3/d%20e?options=-c%20a%3Db");

        assertThat(DatabaseUri.parse(uri.psql())).isEqualTo(uri);
    }

    @Test
    void theTextFormHidesPasswords() {
        assertThat(DatabaseUri.parse("postgresql://u:secret@h/d?sslkey=k&sslpassword=hidden"))
                .hasToString("postgresql://u:***@h:5432/d?sslkey=k&sslpassword=***");
        assertThat(DatabaseUri.parse("postgresql://u@h/d")).hasToString("postgresql://u@h:5432/d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql:///d?host=/var/run/postgresql",
                "postgresql://%2Fvar%2Frun%2Fpostgresql/d",
                "postgresql:///d?host=@abstract"
            })
    void aUnixSocketIsRefusedByName(String uri) {
        assertThatThrownBy(() -> DatabaseUri.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is a unix socket, which promgres does not support");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mysql://h/d|starts with postgresql://",
                "postgresql://u@h:x/d|not a port number",
                "postgresql://u@h:0/d|port 0",
                "postgresql://u@h:70000/d|not from 0 to 65535",
                "postgresql://u@[::1/d|brackets",
                "postgresql://u@[]/d|brackets",
                "postgresql://u:secret%@h/d|password has a percent sign",
                "postgresql://u:secret%zz@h/d|password has a percent sign",
                "postgresql://u:secret%00@h/d|password has a percent sign",
                "postgresql://u:secret%ff@h/d|password is not UTF-8",
                "postgresql://u@h/d?sslmode|not of the form name=value",
                "postgresql://u@h/d?&sslmode=require|not of the form name=value",
                "postgresql://u@h/d?a=b=c|not of the form name=value",
                "postgresql://u@h/d?sslmode=on|sslmode is none of disable",
                "postgresql://u@h/d?ssl_mode=require|did you mean sslmode?",
                "postgresql://u@h/d?connect_timeout=soon|not a number of seconds",
                "postgresql://h/d?host=a,b&port=1,2,3|3 ports do not fit 2 hosts",
                "jdbc:postgresql://h/d?aplicationName=x|did you mean ApplicationName?",
            })
    void whatIsWrongIsSaidWithoutThePassword(String uri, String reason) {
        assertThatThrownBy(() -> DatabaseUri.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason)
                .hasMessageNotContaining("secret");
    }
}
