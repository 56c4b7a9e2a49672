/**
 * The composition root: starts every part of the daemon in order and stops them in reverse, tells which path is
 * served by which endpoint, and runs the background jobs. Only {@code cli} calls it. Begin with {@link
 * io.promgres.daemon.Daemon}.
 */
package io.promgres.daemon;
