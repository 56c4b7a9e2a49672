package io.promgres.schedule;

/** Something that has to be done again and again, and knows when more of it is to be expected soon. */
@FunctionalInterface
public interface Watch {

    /**
     * @return whether it has work under way
     * @throws Exception if it could not be done; it is logged, and the watch runs again soon
     */
    boolean run() throws Exception;
}
