package io.promgres.config;

import java.util.Locale;

/**
 * The machine that the daemon runs on.
 *
 * @param system {@code linux} or {@code darwin}; other systems by their Java name in lower case
 * @param architecture {@code x86_64} or {@code arm_64}; others by their Java name
 */
public record Platform(String system, String architecture) {

    /** The platform of this process. */
    public static Platform current() {
        return of(System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    static Platform of(String osName, String osArch) {
        String system = osName.toLowerCase(Locale.ROOT);
        return new Platform(
                system.startsWith("mac") ? "darwin" : system,
                switch (osArch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm_64";
                    default -> osArch;
                });
    }

    public boolean isLinux() {
        return system.equals("linux");
    }
}
