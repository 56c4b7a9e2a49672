package io.promgres.backup;

import java.io.IOException;

/** A backup cannot be written or restored; the message is for the user. */
public final class BackupException extends IOException {

    BackupException(String message) {
        super(message);
    }

    BackupException(String message, Throwable cause) {
        super(message, cause);
    }
}
