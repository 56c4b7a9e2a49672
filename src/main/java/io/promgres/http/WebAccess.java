package io.promgres.http;

import io.promgres.access.Authenticator;
import io.promgres.access.FileDigest;
import io.promgres.access.WebConfig;
import io.promgres.access.WebConfigFile;
import io.promgres.config.ConfigException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Who may do what, and over which TLS: the web config file as it was last right. A new connection gets what is in force
 * when it is accepted, a request what is in force when its headers have come. Thread-safe.
 */
public final class WebAccess {

    private final Optional<Path> file;
    private final boolean strangersAllowed;
    private final List<String> allowedHosts;
    private volatile Current current;

    private record Current(WebConfig config, Optional<TlsContext> tls, String digest) {}

    private WebAccess(Optional<Path> file, boolean strangersAllowed, List<String> allowedHosts) {
        this.file = file;
        this.strangersAllowed = strangersAllowed;
        this.allowedHosts =
                allowedHosts.stream().map(host -> host.toLowerCase(Locale.ROOT)).toList();
    }

    /** Plain HTTP without authentication. */
    public static WebAccess open() {
        return of(Optional.empty(), true);
    }

    /**
     * @param file the web config file, if there is one
     * @param strangersAllowed whether a configuration without authentication is right
     * @throws ConfigException something is wrong with the file
     */
    public static WebAccess of(Optional<Path> file, boolean strangersAllowed) {
        return of(file, strangersAllowed, List.of());
    }

    /**
     * As {@link #of(Optional, boolean)}.
     *
     * @param allowedHosts names by which clients reach this on the loopback, without authentication
     */
    public static WebAccess of(Optional<Path> file, boolean strangersAllowed, List<String> allowedHosts) {
        WebAccess access = new WebAccess(file, strangersAllowed, allowedHosts);
        access.reload();
        return access;
    }

    /**
     * Reads the file, and what it names, again.
     *
     * @throws ConfigException something is wrong with it; what was in force stays so
     */
    public synchronized void reload() {
        if (file.isEmpty()) {
            current = new Current(checked(WebConfig.open()), Optional.empty(), "");
            return;
        }
        WebConfig config = checked(WebConfigFile.read(file.get()));
        // Files that change between reading them and this are read again when they are next looked at: at the latest
        // when their certificate and their key do not fit.
        current = new Current(config, config.tls().map(TlsContext::new), FileDigest.of(config.files()));
    }

    private WebConfig checked(WebConfig config) {
        if (!strangersAllowed && !config.knowsItsClients()) {
            throw new ConfigException("refusing to listen where other machines reach it without authentication:"
                    + " name users or tokens in a --web.config-file, listen on 127.0.0.1, or say --insecure");
        }
        return config;
    }

    /** Whether the files are others than those in force. */
    public boolean isOutOfDate() {
        Current now = current;
        return file.isPresent() && !FileDigest.of(now.config().files()).equals(now.digest());
    }

    /** Whether connections are encrypted. */
    boolean isEncrypted() {
        return current.tls().isPresent();
    }

    /** What is in force. */
    public WebConfig config() {
        return current.config();
    }

    /** Whether passwords or tokens go over the network as they are. */
    public boolean sendsSecretsInTheClear() {
        return !isEncrypted() && current.config().authenticator().authenticates();
    }

    Optional<TlsContext> tls() {
        return current.tls();
    }

    Authenticator authenticator() {
        return current.config().authenticator();
    }

    List<String> allowedHosts() {
        return allowedHosts;
    }

    Map<String, String> headers() {
        return current.config().headers();
    }
}
