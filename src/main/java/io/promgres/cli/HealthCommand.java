package io.promgres.cli;

import io.promgres.access.PemFile;
import io.promgres.config.Config;
import io.promgres.config.HostPort;
import io.promgres.config.Values;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks a daemon whether it is ready; for places that have Java, but nothing to make a request with. */
@Command(name = "health", description = "Asks a daemon whether a write would succeed: exits with 0 if so, else with 1.")
public final class HealthCommand implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration BETWEEN = Duration.ofMillis(250);
    private static final int OK = 200;

    /** Configuration that has nothing to do with it. */
    public static final Set<String> WITHOUT =
            Set.of("db", "data-dir", "db-port", "migrate", "log-format", "insecure", "web.enable-lifecycle");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Where the daemon is, without a path; by default the address in listen, on this machine.")
    private String url;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            description = "How long it is asked again until it is ready, such as 60s; by default it is asked once.")
    private String wait = "0s";

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description = "The daemon's process: with --wait it is not waited for once that has ended.")
    private Long pid;

    @Option(
            names = "--cert",
            paramLabel = "FILE",
            description = "Certificate to show to a daemon that asks for one, with --key; by default the daemon's own.")
    private Optional<Path> certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "Key of --cert.")
    private Optional<Path> key;

    @Option(names = "--help", usageHelp = true, description = "Shows this.")
    private boolean help;

    @Override
    public Integer call() throws InterruptedException {
        Optional<Config> here = url == null
                ? Optional.of(
                        ConfigOptions.load(spec.commandLine().getParseResult()).config())
                : Optional.empty();
        Optional<SSLContext> tls = here.flatMap(config -> LocalTls.of(config, pair()));
        HttpRequest request = HttpRequest.newBuilder(address(here, tls.isPresent()))
                .timeout(PATIENCE)
                .build();
        HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
        tls.ifPresent(builder::sslContext);
        HttpClient client = builder.build();
        long end = System.nanoTime() + waitingTime().toNanos();
        String problem = problem(client, request);
        while (problem != null && !hasEnded() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(BETWEEN.toNanos());
            problem = problem(client, request);
        }
        PrintWriter out = spec.commandLine().getOut();
        if (problem != null && hasEnded()) {
            problem = "process " + pid + " has ended: its log says why";
        }
        out.println(problem == null ? "ready" : problem);
        return problem == null ? 0 : ErrorHandler.FAILED;
    }

    private Optional<LocalTls.Pair> pair() {
        if (certificate.isPresent() != key.isPresent()) {
            throw new ParameterException(spec.commandLine(), "--cert and --key go together");
        }
        return certificate.map(file -> new LocalTls.Pair(
                new PemFile("--cert", file).certificates(), new PemFile("--key", key.orElseThrow()).privateKey()));
    }

    /** @param here the configuration of the daemon on this machine; empty if the URL says where it is */
    private URI address(Optional<Config> here, boolean encrypted) {
        String base = here.map(config -> (encrypted ? "https://" : "http://") + onThisMachine(config.listen()))
                .orElse(url);
        try {
            URI address = new URI(base.replaceAll("/+$", "") + "/-/ready");
            if (address.getHost() != null && Set.of("http", "https").contains(address.getScheme())) {
                return address;
            }
        } catch (URISyntaxException e) {
            // The same words as for what is a URI, but not one of HTTP.
        }
        throw new ParameterException(
                spec.commandLine(), "--url: \"" + base + "\" is not http://HOST:PORT or https://HOST:PORT");
    }

    private boolean hasEnded() {
        return pid != null && !ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /** Who listens on all addresses is asked on the loopback. */
    private static HostPort onThisMachine(HostPort listen) {
        return switch (listen.host()) {
            case "0.0.0.0" -> new HostPort("127.0.0.1", listen.port());
            case "::" -> new HostPort("::1", listen.port());
            default -> listen;
        };
    }

    private Duration waitingTime() {
        try {
            return Values.parseDuration(wait);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--wait: " + e.getMessage());
        }
    }

    /** Why it is not ready; null if it is. */
    private static String problem(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return response.statusCode() == OK
                    ? null
                    : "not ready: " + response.body().strip();
        } catch (IOException e) {
            return "no answer from " + request.uri() + ": " + reason(e);
        }
    }

    private static String reason(IOException failure) {
        String said = failure.getMessage() == null ? "" : failure.getMessage();
        if (failure instanceof ConnectException) {
            return "connection refused; see that a daemon runs and listens there (--listen)";
        }
        if (failure instanceof SSLException && said.contains("plaintext")) {
            return "it does not speak TLS; ask it with http://";
        }
        if (said.contains("header parser")) {
            return "it does not speak HTTP; if it speaks TLS, name the daemon's web config file (--web.config-file)";
        }
        return said.isEmpty() ? failure.getClass().getSimpleName() : said;
    }
}
