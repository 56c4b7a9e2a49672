/**
 * The commands of the command line, one class each, over picocli. A command reads the configuration, builds what it
 * needs and ends with an exit code; {@code serve} hands over to {@code daemon}. Only {@code Main} calls this package.
 * Begin with ServeCommand and ConfigOptions.
 */
package io.promgres.cli;
