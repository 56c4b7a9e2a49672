package io.promgres.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a record component a configuration key: {@code maxBodyBytes} of the component {@code ingest} is the key
 * {@code ingest.max-body-bytes} and the environment variable {@code PROMGRES_INGEST_MAX_BODY_BYTES}.
 *
 * <p>All values are the text a user would write; {@link Values} says which types there are and how they read.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Setting {

    /** The default. Empty where {@link #unset()} says what happens without a value. */
    String value() default "";

    /** What the key means and its unit, one string for each line of the comment in the file. */
    String[] meaning();

    /** The smallest value that is accepted; empty for none. */
    String min() default "";

    /** The largest value that is accepted; empty for none. */
    String max() default "";

    /** What a key stands for that has a name instead of a value, such as {@code auto}. */
    SpecialValue unset() default SpecialValue.NONE;

    /**
     * Whether the value may stand in the file as keys below this one, which another reader reads: its text is then the path of
     * the file.
     */
    boolean inline() default false;

    /**
     * Makes the key a command line option of the same name, and names its parameter in the help: {@code HOST:PORT}. A
     * boolean key is a switch, {@code --migrate} and {@code --no-migrate}, and its parameter is not shown.
     */
    String option() default "";

    /** Whether a reload puts a changed value in force; others need a restart. */
    boolean reload() default false;
}
