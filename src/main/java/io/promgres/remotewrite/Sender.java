package io.promgres.remotewrite;

/**
 * Whose requests a decoder decodes.
 *
 * @param tenant the tenant that the request's header has named; empty if none has
 * @param isItself the daemon that writes its own metrics, from whom no tenant is demanded
 */
public record Sender(String tenant, boolean isItself) {

    /** Any sender: no header names a tenant. */
    public static final Sender ANY = new Sender("", false);

    /** The daemon. */
    public static final Sender ITSELF = new Sender("", true);

    public static Sender ofTenant(String tenant) {
        return new Sender(tenant, false);
    }
}
