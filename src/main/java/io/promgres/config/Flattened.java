package io.promgres.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes the keys of a record stand at the top of the file, not in a section: {@code level} of the component {@code log} is
 * {@code log-level} then, and not {@code log.level}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Flattened {}
