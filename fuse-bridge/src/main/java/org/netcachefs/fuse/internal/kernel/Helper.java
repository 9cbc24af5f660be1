package org.netcachefs.fuse.internal.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import jnr.ffi.Pointer;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.internal.Libc;
import org.netcachefs.fuse.internal.Native;

/**
 * A run of fusermount3 by its socket protocol: it finds the number of its end in {@code _FUSE_COMMFD} and sends a descriptor of
 * /dev/fuse as ancillary data. Java's own processes inherit nothing but the standard streams, hence posix_spawn(3). Used by one thread.
 */
final class Helper implements AutoCloseable {
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int STANDARD_ERROR = 2;
    /** More than {@code posix_spawn_file_actions_t} takes on any machine. */
    private static final int FILE_ACTIONS_SIZE = 256;

    private static final int MOST_SAID = 1000;

    private final List<Integer> open = new ArrayList<>();
    /** Held while the program is started. */
    private final List<Pointer> strings = new ArrayList<>();

    private int socket;
    private int said;
    private int pid;

    private Helper() {}

    /** Runs {@code command}, its program first. */
    static Helper start(List<String> command) throws ErrnoException {
        Helper helper = new Helper();
        try {
            helper.run(command);
            return helper;
        } catch (ErrnoException e) {
            helper.close();
            throw e;
        }
    }

    private void run(List<String> command) throws ErrnoException {
        int[] sockets = pair("socketpair", pair -> Native.libc().socketpair(AF_UNIX, SOCK_STREAM, 0, pair.address()));
        int[] pipe = pair("pipe", pair -> Native.libc().pipe2(pair.address(), Libc.O_CLOEXEC));
        socket = sockets[0];
        said = pipe[0];
        Pointer actions = allocate(FILE_ACTIONS_SIZE);
        check(Native.libc().posix_spawn_file_actions_init(actions.address()), "posix_spawn_file_actions_init");
        try {
            check(
                    Native.libc().posix_spawn_file_actions_adddup2(actions.address(), pipe[1], STANDARD_ERROR),
                    "posix_spawn_file_actions_adddup2");
            spawn(command, actions, sockets[1]);
        } finally {
            int ignored = Native.libc().posix_spawn_file_actions_destroy(actions.address());
        }
        closeNow(sockets[1]);
        closeNow(pipe[1]);
    }

    private void spawn(List<String> command, Pointer actions, int itsSocket) throws ErrnoException {
        List<String> environment = new ArrayList<>();
        for (Map.Entry<String, String> variable : System.getenv().entrySet()) {
            environment.add(variable.getKey() + "=" + variable.getValue());
        }
        environment.add("_FUSE_COMMFD=" + itsSocket);
        Pointer number = allocate(Integer.BYTES);
        int errno = Native.libc()
                .posix_spawn(
                        number.address(),
                        command.get(0),
                        actions.address(),
                        0,
                        array(command).address(),
                        array(environment).address(),
                        0);
        check(errno, "starting " + command.get(0));
        pid = number.getInt(0);
    }

    private Pointer array(List<String> texts) {
        Pointer array = allocate((texts.size() + 1) * Long.BYTES);
        for (int i = 0; i < texts.size(); i++) {
            byte[] bytes = texts.get(i).getBytes(StandardCharsets.UTF_8);
            Pointer text = allocate(bytes.length + 1);
            text.put(0, bytes, 0, bytes.length);
            strings.add(text);
            array.putLong((long) i * Long.BYTES, text.address());
        }
        strings.add(array);
        return array;
    }

    private static Pointer allocate(int size) {
        return Native.RUNTIME.getMemoryManager().allocateDirect(size, true);
    }

    private int[] pair(String what, Function<Pointer, Integer> call) throws ErrnoException {
        Pointer pair = allocate(2 * Integer.BYTES);
        if (call.apply(pair) != 0) {
            throw new ErrnoException(Native.lastErrno(), what);
        }
        int[] both = {pair.getInt(0), pair.getInt(Integer.BYTES)};
        open.add(both[0]);
        open.add(both[1]);
        return both;
    }

    private static void check(int errno, String what) throws ErrnoException {
        if (errno != 0) {
            throw new ErrnoException(Errno.of(errno), what);
        }
    }

    private void closeNow(int descriptor) {
        open.remove((Integer) descriptor);
        Device.close(descriptor);
    }

    /** What the program sent; the error is what it said. */
    int descriptor() throws ErrnoException {
        int received = ReceivedDescriptor.from(socket);
        String text = text();
        int ignored = Native.libc().waitpid(pid, allocate(Integer.BYTES).address(), 0);
        if (received < 0) {
            throw new ErrnoException(Errno.EPERM, text);
        }
        return received;
    }

    /** Until it ends. */
    private String text() {
        Pointer memory = allocate(MOST_SAID);
        int length = 0;
        long count = 1;
        while (count > 0 && length < MOST_SAID) {
            count = Native.libc().read(said, memory.address() + length, MOST_SAID - length);
            length += (int) Math.max(0, count);
        }
        byte[] bytes = new byte[length];
        memory.get(0, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8).strip().replace('\n', ' ');
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(this::closeNow);
    }
}
