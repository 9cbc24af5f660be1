package org.netcachefs.fuse.conformance;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountException;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.Transports;
import org.netcachefs.fuse.internal.kernel.KernelTransport;

/**
 * The child process of the suite: mounts a {@link MemoryFileSystem} and obeys the lines it reads. Each command is answered
 * with one line. Arguments: transport, mount point, mount options separated by commas.
 */
public final class MemoryMount {
    private final Switches switches = new Switches();
    private final MemoryFileSystem fileSystem = new MemoryFileSystem(switches);
    private final Mount mount;

    private MemoryMount(Transport transport, Path mountPoint, List<String> options) throws MountException {
        for (String option : options) {
            if (option.startsWith("switch:")) {
                switches.set(option.substring("switch:".length()), "hang");
            }
        }
        MountRequest request = new MountRequest(
                mountPoint,
                "memory,with comma",
                "netcachefs",
                options.stream().filter(option -> !option.startsWith("switch:")).toList(),
                Duration.ofSeconds(5),
                0,
                1 << 20,
                0,
                0,
                4);
        mount = transport.mount(request, fileSystem);
    }

    public static void main(String[] arguments) throws Exception {
        Transport transport = switch (arguments[0]) {
            case "libfuse" -> Transports.libfuse();
            case "kernel" -> Transports.kernel();
            case "kernel-through-fusermount" -> KernelTransport.throughFusermount(Throwable::printStackTrace);
            default -> throw new IllegalArgumentException("no transport " + arguments[0]);
        };
        MemoryMount child;
        try {
            List<String> options = arguments.length > 2 ? List.of(arguments[2].split(",")) : List.of();
            child = new MemoryMount(transport, Path.of(arguments[1]), options);
        } catch (MountException e) {
            System.out.println("refused " + e.reason() + " " + e.getMessage());
            return;
        }
        System.out.println("mounted");
        child.obey(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
    }

    private void obey(BufferedReader commands) throws Exception {
        mount.ended().thenRun(() -> System.out.println("ended"));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println("= " + run(line.split(" ", 3)));
        }
        mount.unmount(Mount.UnmountMode.ABORT);
    }

    private String run(String[] words) throws Exception {
        return switch (words[0]) {
            case "set" -> {
                switches.set(words[1], words[2]);
                yield "ok";
            }
            case "release" -> {
                switches.release();
                yield "ok";
            }
            case "grow" -> {
                fileSystem.grow(words[1], Long.parseLong(words[2]), false);
                yield "ok";
            }
            case "fill" -> {
                fileSystem.grow(words[1], Long.parseLong(words[2]), true);
                yield "ok";
            }
            case "replace" -> {
                fileSystem.replace(words[1], words[2]);
                yield "ok";
            }
            case "overwrite" -> {
                fileSystem.overwrite(words[1], words[2]);
                yield "ok";
            }
            case "invalidate" -> told(fileSystem.invalidate(words[1]));
            case "begin-invalidate" -> {
                fileSystem.invalidate(words[1]);
                yield "ok";
            }
            case "tell-growth" -> {
                String[] growth = words[2].split(",");
                yield told(fileSystem.tellGrowth(
                        words[1], Long.parseLong(growth[0]), Long.parseLong(growth[1]), (byte) growth[2].charAt(0)));
            }
            case "invalidate-entry" -> told(fileSystem.invalidateEntry(words[1]));
            case "delete" -> told(fileSystem.delete(words[1]));
            case "count" ->
                fileSystem.counts.getOrDefault(words[1], new AtomicLong()).toString();
            case "unmount" -> mount.unmount(Mount.UnmountMode.valueOf(words[1])).toString();
            case "ended" -> {
                mount.ended().toCompletableFuture().get(10, TimeUnit.SECONDS);
                yield "ok";
            }
            default -> figure(words[0]);
        };
    }

    private static String told(CompletionStage<Boolean> stage) throws Exception {
        try {
            return stage.toCompletableFuture().get(10, TimeUnit.SECONDS).toString();
        } catch (TimeoutException e) {
            return "late";
        }
    }

    private String figure(String name) {
        return switch (name) {
            case "lookups" -> Long.toString(fileSystem.lookups());
            case "handles" -> Long.toString(fileSystem.openHandles());
            case "waiting" -> switches.waiting.toString();
            case "most-waiting" -> switches.mostWaiting.toString();
            case "interrupts" -> switches.interrupts.toString();
            case "refused" -> switches.refused.toString();
            case "destroyed" -> Boolean.toString(fileSystem.destroyed);
            case "initialised" -> Boolean.toString(fileSystem.initialised);
            case "caller" -> fileSystem.lastCaller.toString();
            case "threads" ->
                Long.toString(Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("fuse-receiver"))
                        .count());
            default -> throw new IllegalArgumentException(name);
        };
    }
}
