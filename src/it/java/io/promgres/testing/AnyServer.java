package io.promgres.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * Marks tests that find the same on every version of PostgreSQL, or bring their own: they are run once, and not again when
 * the check repeats the others on further versions.
 */
@Tag("any-server")
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface AnyServer {}
