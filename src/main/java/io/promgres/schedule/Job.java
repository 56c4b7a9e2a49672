package io.promgres.schedule;

/** Something that has to be done again and again. */
@FunctionalInterface
public interface Job {

    /** @throws Exception if it could not be done; it is logged, and the job runs again at its next time */
    void run() throws Exception;
}
