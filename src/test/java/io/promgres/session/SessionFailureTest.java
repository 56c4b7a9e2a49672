package io.promgres.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;

class SessionFailureTest {

    private static SQLException poolIsEmpty(SQLException cause) {
        return new SQLTransientConnectionException("database - Connection is not available", "08001", cause);
    }

    @Test
    void whatTheDatabaseSaidIsTheReason() {
        SQLException refused = new SQLException("FATAL: password authentication failed for user \"u2\"", "28P01");

        assertThat(SessionFailure.named(poolIsEmpty(refused)).getMessage())
                .isEqualTo("FATAL: password authentication failed for user \"u2\"");
    }

    @Test
    void whatIsWrongOnTheWayIsAdded() {
        SQLException failed =
                new SQLException("The connection attempt failed.", "08001", new UnknownHostException("db.invalid"));
        assertThat(SessionFailure.reason(poolIsEmpty(failed)))
                .isEqualTo("The connection attempt failed. no such host: db.invalid");

        SQLException late = new SQLException(
                "The connection attempt failed.",
                "08001",
                new IOException(new SocketTimeoutException("Connect timed out")));
        assertThat(SessionFailure.reason(late)).isEqualTo("The connection attempt failed. Connect timed out");
    }

    @Test
    void aReasonIsNotSaidTwice() {
        SQLException refused =
                new SQLException("Connection refused by peer", "08001", new IOException("Connection refused"));
        assertThat(SessionFailure.reason(refused)).isEqualTo("Connection refused by peer");
        assertThat(SessionFailure.reason(poolIsEmpty(null))).isEqualTo("database - Connection is not available");
    }
}
