package io.promgres.cli;

import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * The manual page of a command with its subcommands, from what their help says.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/man.7.html">man(7)</a>
 */
final class ManPage {

    private static final String FILES = """
            .SH FILES
            .TP
            .I /etc/promgres/promgres.yaml
            The configuration of the service, as the Debian package installs it: every key with its default and meaning.
            .TP
            .I /etc/promgres/promgres.env
            Its environment and secrets.
            .TP
            .I /var/lib/promgres
            Its embedded database.
            .SH ENVIRONMENT
            Each key of the configuration is a variable: ingest.workers is
            .BR PROMGRES_INGEST_WORKERS .
            """;

    private final StringBuilder page = new StringBuilder();

    private ManPage() {}

    static String of(CommandSpec root) {
        ManPage page = new ManPage();
        page.head(root);
        root.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .filter(command -> !command.usageMessage().hidden())
                .distinct()
                .forEach(page::command);
        page.exitCodes(root);
        return page.page.append(FILES).toString();
    }

    private void head(CommandSpec root) {
        line(".TH PROMGRES 1");
        line(".SH NAME");
        line("promgres \\- "
                + text(String.join(" ", root.usageMessage().description()).strip()));
        line(".SH SYNOPSIS");
        line(".B promgres");
        line("[COMMAND] [OPTION...]");
        line(".SH COMMANDS");
        line("Without one: serve.");
    }

    private void command(CommandSpec command) {
        line(".SS \"" + text(command.qualifiedName(" ")) + parameters(command) + "\"");
        line(text(String.join(" ", command.usageMessage().description())));
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            entry("\\fI" + text(parameter.paramLabel()) + "\\fR", parameter.description());
        }
        for (OptionSpec option : command.options()) {
            if (!option.hidden()) {
                entry(names(option), option.description());
            }
        }
        command.subcommands().values().stream().map(CommandLine::getCommandSpec).forEach(this::command);
    }

    private static String parameters(CommandSpec command) {
        return command.positionalParameters().stream()
                .map(parameter -> " " + text(parameter.paramLabel()))
                .collect(Collectors.joining());
    }

    private static String names(OptionSpec option) {
        String names = option.negatable()
                ? text(option.longestName()) + "\\fR, \\fB"
                        + text(option.longestName().replaceFirst("--", "--no-"))
                : text(String.join(", ", option.names()));
        String value = option.arity().max() == 0 ? "" : " \\fI" + text(option.paramLabel());
        return "\\fB" + names + value + "\\fR";
    }

    private void entry(String term, String... description) {
        line(".TP");
        line(term);
        line(text(String.join(" ", description)));
    }

    private void exitCodes(CommandSpec root) {
        line(".SH EXIT STATUS");
        for (Map.Entry<String, String> code : root.usageMessage().exitCodeList().entrySet()) {
            entry("\\fB" + text(code.getKey()) + "\\fR", code.getValue());
        }
    }

    private void line(String text) {
        page.append(text).append('\n');
    }

    /** Characters that mean something to roff, and a line of its own for nothing. */
    private static String text(String plain) {
        // As picocli writes a line break.
        String escaped = plain.replace("%n", " ")
                .replaceAll("\\s+", " ")
                .strip()
                .replace("\\", "\\e")
                .replace("-", "\\-")
                .replace("\"", "\\(dq");
        return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
    }
}
