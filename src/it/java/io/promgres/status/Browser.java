package io.promgres.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promgres.testing.Await;
import io.promgres.testing.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A headless Chromium with one page, driven as a user drives it: it is looked at, typed into, and resized. */
final class Browser implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Integer> KEYS =
            Map.of("Enter", 13, "Tab", 9, "ArrowLeft", 37, "ArrowRight", 39, " ", 32);

    // What a page asks of a policy that it breaks, besides the message on the console.
    private static final String COLLECT_VIOLATIONS = "window.violations = [];"
            + " document.addEventListener('securitypolicyviolation',"
            + " e => window.violations.push(e.violatedDirective + ' ' + e.blockedURI));";

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> problems = new CopyOnWriteArrayList<>();
    private final Process process;
    private final DevTools page;

    private Browser(Path directory) throws Exception {
        process = Programs.start(directory.resolve("chromium.log"), "chromium", options(directory));
        page = connect(directory.resolve("profile").resolve("DevToolsActivePort"));
        for (String domain : List.of("Page", "Runtime", "Log")) {
            page.command(domain + ".enable");
        }
        page.command("Page.addScriptToEvaluateOnNewDocument", "source", COLLECT_VIOLATIONS);
        page.command("Emulation.setFocusEmulationEnabled", "enabled", true);
    }

    /** @param directory for its profile and its log */
    static Browser start(Path directory) throws Exception {
        Programs.require("chromium");
        return new Browser(directory);
    }

    private static String[] options(Path directory) {
        List<String> options = new ArrayList<>(List.of(
                "--headless=new",
                "--remote-debugging-port=0",
                "--user-data-dir=" + directory.resolve("profile"),
                "--no-first-run",
                "--no-default-browser-check",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--disable-sync",
                "--hide-scrollbars",
                "about:blank"));
        if (System.getProperty("user.name").equals("root")) {
            options.add(0, "--no-sandbox");
        }
        return options.toArray(String[]::new);
    }

    private DevTools connect(Path portFile) throws Exception {
        Await.until(
                "the browser's port",
                () -> Files.exists(portFile) && Files.readString(portFile).contains("\n"));
        String address = "http://127.0.0.1:" + Files.readAllLines(portFile).get(0);
        HttpRequest newPage = HttpRequest.newBuilder(URI.create(address + "/json/new?about:blank"))
                .PUT(BodyPublishers.noBody())
                .build();
        JsonNode target =
                JSON.readTree(client.send(newPage, BodyHandlers.ofString()).body());
        return new DevTools(
                client, URI.create(target.get("webSocketDebuggerUrl").asText()), this::note);
    }

    private void note(String event, JsonNode parameters) {
        boolean wrong = event.equals("Runtime.exceptionThrown")
                || event.equals("Runtime.consoleAPICalled")
                        && parameters.get("type").asText().equals("error")
                || event.equals("Log.entryAdded")
                        && List.of("error", "warning")
                                .contains(parameters.at("/entry/level").asText());
        if (wrong) {
            problems.add(event + " " + parameters);
        }
    }

    /** What the console has shown of errors and warnings since the last call. */
    List<String> problems() {
        List<String> all = List.copyOf(problems);
        problems.clear();
        return all;
    }

    /** The value of an expression of JavaScript, once it is there if it is a promise. */
    JsonNode evaluate(String expression) throws Exception {
        JsonNode result =
                page.command("Runtime.evaluate", "expression", expression, "awaitPromise", true, "returnByValue", true);
        if (result.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + result.get("exceptionDetails"));
        }
        return result.at("/result/value");
    }

    String text(String expression) throws Exception {
        return evaluate(expression).asText();
    }

    /** Returns when an expression of JavaScript is true. */
    void await(String condition) throws Exception {
        Await.until(condition, () -> evaluate(condition).asBoolean());
    }

    /** Opens an address, and returns when all of it is there. */
    void open(String url) throws Exception {
        page.command("Page.navigate", "url", url);
        await("location.href === '" + url + "' && document.readyState === 'complete'");
    }

    void press(String key) throws Exception {
        for (String type : List.of("keyDown", "keyUp")) {
            page.command(
                    "Input.dispatchKeyEvent",
                    "type",
                    type,
                    "key",
                    key,
                    "code",
                    key.equals(" ") ? "Space" : key,
                    "windowsVirtualKeyCode",
                    KEYS.get(key),
                    "text",
                    key.equals("Enter") ? "\r" : key.equals(" ") ? " " : "");
        }
    }

    /** Types into what has the focus. */
    void type(String text) throws Exception {
        page.command("Input.insertText", "text", text);
    }

    void resize(int width, int height, boolean phone) throws Exception {
        page.command(
                "Emulation.setDeviceMetricsOverride",
                "width",
                width,
                "height",
                height,
                "deviceScaleFactor",
                1,
                "mobile",
                phone);
    }

    /** @param features such as prefers-color-scheme, dark */
    void prefer(String feature, String value) throws Exception {
        page.command("Emulation.setEmulatedMedia", "features", List.of(Map.of("name", feature, "value", value)));
    }

    void allowClipboard(String origin) throws Exception {
        page.command(
                "Browser.grantPermissions",
                "origin",
                origin,
                "permissions",
                List.of("clipboardReadWrite", "clipboardSanitizedWrite"));
    }

    /** Takes a picture of the whole page. */
    void screenshot(Path file) throws Exception {
        JsonNode picture = page.command("Page.captureScreenshot", "captureBeyondViewport", true);
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(picture.get("data").asText()));
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try {
            page.command("Browser.close");
        } catch (Exception | AssertionError e) {
            process.destroy();
        }
        page.close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
