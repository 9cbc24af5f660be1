package org.netcachefs.arch.planted.daemon;

/** Violation: four ways to talk to a console or to end the process. */
public final class Prints {
    public void out() {
        System.out.println();
    }

    public void err() {
        System.err.println();
    }

    public void exit() {
        System.exit(1);
    }

    public void trace(Exception surprise) {
        surprise.printStackTrace();
    }
}
