package org.netcachefs.daemon.control;

import com.google.gson.JsonObject;
import org.netcachefs.daemon.config.RefusedException;

/** Answers one request of an administrator. Called by several threads; may wait, but not for upstream. */
interface ControlHandler {
    /** The result, or the refusal that becomes the command's exit code and line. */
    JsonObject handle(Peer peer, JsonObject request) throws RefusedException;
}
