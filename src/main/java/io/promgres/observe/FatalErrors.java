package io.promgres.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * Ends the process when it can do its work no more: after a {@link VirtualMachineError} (no memory, no stack) on any thread,
 * and when a thread of promgres ends that should not. A supervisor starts the process again; one that lived on would take
 * requests and never answer them. {@code -XX:+ExitOnOutOfMemoryError} does the same for one kind of error, where the option
 * is given; {@code java -jar} has none.
 *
 * <p>Does nothing before {@link #arm}, so that what runs inside another program does not end it. Thread-safe.
 */
public final class FatalErrors {

    /** As the exit code of {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int EXIT_CODE = 3;

    private static final String OUR_THREADS = "promgres-";

    // Made beforehand: there may be no memory for it when it is needed.
    private static final FileOutputStream STDERR = new FileOutputStream(FileDescriptor.err);
    private static final byte[] NO_MEMORY = line("out of memory; more heap: -Xmx, and src/docs/operations.md, Sizing");
    private static final byte[] NO_STACK = line("an error of the Java virtual machine");
    private static final byte[] NO_THREAD = line("a thread that it needs has ended");

    private static volatile boolean armed;

    private FatalErrors() {}

    private static byte[] line(String why) {
        return ("promgres ends itself with exit code " + EXIT_CODE + ": " + why + "\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** From now on fatal errors end this process; also those that no code catches. */
    public static void arm() {
        armed = true;
        Thread.setDefaultUncaughtExceptionHandler(FatalErrors::uncaught);
    }

    /** Does not return if the error, or what caused it, is one of the virtual machine and errors are fatal here. */
    public static void check(Throwable error) {
        Throwable cause = error;
        // A chain of causes may be a ring.
        for (int depth = 0; armed && cause != null && depth < 16; depth++) {
            if (cause instanceof OutOfMemoryError) {
                halt(NO_MEMORY);
            } else if (cause instanceof VirtualMachineError) {
                halt(NO_STACK);
            }
            cause = cause.getCause();
        }
    }

    /** The calling thread ends, and nothing takes its place. */
    public static void threadEnds() {
        if (armed) {
            halt(NO_THREAD);
        }
    }

    private static void uncaught(Thread thread, Throwable error) {
        check(error);
        try {
            error.printStackTrace();
        } finally {
            if (thread.getName().startsWith(OUR_THREADS)) {
                threadEnds();
            }
        }
    }

    private static void halt(byte[] line) {
        try {
            STDERR.write(line);
        } catch (IOException e) {
            // The exit code says it too.
        } finally {
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
