package org.netcachefs.it.upstream;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.DirectoryReply;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.ReadReply;
import org.netcachefs.fuse.Reply;

/**
 * Stands before a file system and lets requests through, keeps them waiting (a server that is gone), delays or refuses them.
 * A request that waits is not answered until {@link #release}. Thread-safe.
 */
final class Gate implements InvocationHandler {
    private static final Set<String> ALWAYS = Set.of("init", "destroy", "forget");
    private static final Set<String> WRITES =
            Set.of("write", "create", "mkdir", "rename", "fsync", "fallocate", "setattr", "symlink", "link", "mknod");

    private final FileSystem inner;
    private final Switches switches;
    private final ExecutorService workers = Executors.newCachedThreadPool(Gate::daemonThread);
    private final ScheduledExecutorService later = Executors.newScheduledThreadPool(1, Gate::daemonThread);
    private final Deque<Parked> parked = new ArrayDeque<>();
    private boolean hung;
    private Set<String> hanging = Set.of();

    /** A request that waits, and what it is. */
    private record Parked(String operation, Runnable request) {}

    private Gate(FileSystem inner, Switches switches) {
        this.inner = inner;
        this.switches = switches;
    }

    static Gate before(FileSystem inner, Switches switches) {
        return new Gate(inner, switches);
    }

    FileSystem asFileSystem() {
        return (FileSystem)
                Proxy.newProxyInstance(Gate.class.getClassLoader(), new Class<?>[] {FileSystem.class}, this);
    }

    /** From now on nothing is let through, or only what is not one of {@code operations}. */
    synchronized void hang(Set<String> operations) {
        hung = true;
        hanging = operations;
    }

    /** How many requests of an operation wait, of all if it is empty. */
    synchronized int parked(String operation) {
        return (int) parked.stream()
                .filter(one -> operation.isEmpty() || one.operation.equals(operation))
                .count();
    }

    synchronized void release() {
        hung = false;
        parked.forEach(one -> workers.execute(one.request));
        parked.clear();
    }

    @Override
    public Object invoke(Object proxy, Method method, Object[] arguments) throws Throwable {
        if (method.getDeclaringClass() == Object.class || ALWAYS.contains(method.getName())) {
            return call(method, arguments);
        }
        switches.request();
        Runnable request = () -> answer(method, arguments);
        if (!park(method.getName(), request)) {
            if (switches.delayMillis() > 0) {
                later.schedule(() -> workers.execute(request), switches.delayMillis(), TimeUnit.MILLISECONDS);
            } else {
                request.run();
            }
        }
        return null;
    }

    private synchronized boolean park(String operation, Runnable request) {
        boolean parks = hung && (hanging.isEmpty() || hanging.contains(operation));
        if (parks) {
            parked.add(new Parked(operation, request));
        }
        return parks;
    }

    private void answer(Method method, Object[] arguments) {
        Optional<Errno> error = switches.error().or(() -> switches.errorOf(method.getName()));
        if (error.isEmpty() && WRITES.contains(method.getName())) {
            error = switches.writeError();
        }
        if (error.isPresent()) {
            refuse(arguments, error.get());
            return;
        }
        try {
            call(method, arguments);
        } catch (Throwable e) {
            e.printStackTrace();
            refuse(arguments, Errno.EIO);
        }
    }

    private static void refuse(Object[] arguments, Errno errno) {
        for (Object argument : arguments) {
            if (argument instanceof OwnedBuffer buffer) {
                buffer.close();
            }
        }
        Object reply = arguments[arguments.length - 1];
        if (reply instanceof Reply<?> plain) {
            plain.error(errno);
        } else if (reply instanceof ReadReply read) {
            read.error(errno);
        } else if (reply instanceof DirectoryReply directory) {
            directory.error(errno);
        }
    }

    private Object call(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Thread daemonThread(Runnable body) {
        Thread thread = new Thread(body, "gate");
        thread.setDaemon(true);
        return thread;
    }
}
