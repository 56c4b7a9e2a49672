package io.promgres.transfer;

import java.io.IOException;

/** The import or export cannot go on, and to try again would not help. The message is for the user. */
public final class TransferException extends IOException {

    private static final long serialVersionUID = 1L;

    public TransferException(String message) {
        super(message);
    }

    TransferException(String message, Throwable cause) {
        super(message, cause);
    }
}
