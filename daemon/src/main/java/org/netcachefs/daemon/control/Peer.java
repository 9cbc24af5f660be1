package org.netcachefs.daemon.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;

/** Who asks, as the kernel says: {@code privileged} is root or the daemon's own user. */
record Peer(String user, boolean privileged) {
    static Peer of(SocketChannel channel) throws IOException {
        UserPrincipal user =
                channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
        return new Peer(user.getName(), user.equals(self()) || user.equals(root()));
    }

    private static UserPrincipal self() throws IOException {
        return Files.getOwner(Path.of("/proc/self"));
    }

    private static UserPrincipal root() throws IOException {
        Path any = Path.of("/");
        return any.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("0");
    }
}
