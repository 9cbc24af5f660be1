package org.netcachefs.fuse.conformance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.MountTable;

/** A {@link MemoryMount} in a process of its own: a JVM that waits for its own mount could wait for itself. */
final class ChildMount implements AutoCloseable {
    private final Path mountPoint;
    private final Process process;
    private final OutputStream commands;
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final String greeting;

    private ChildMount(Path mountPoint, Process process) throws IOException, InterruptedException {
        this.mountPoint = mountPoint;
        this.process = process;
        this.commands = process.getOutputStream();
        Thread reader = new Thread(this::readAnswers, "child-output");
        reader.setDaemon(true);
        reader.start();
        String first = answers.poll(30, TimeUnit.SECONDS);
        if (first == null) {
            throw new IOException("the child said nothing");
        }
        greeting = first;
    }

    /** Starts the child without asking whether it could mount. */
    static ChildMount attempt(String transport, Path mountPoint, String... options)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Dfile.encoding=UTF-8",
                "-cp",
                System.getProperty("java.class.path"),
                MemoryMount.class.getName(),
                transport,
                mountPoint.toString()));
        if (options.length > 0) {
            command.add(String.join(",", options));
        }
        return new ChildMount(
                mountPoint,
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start());
    }

    static ChildMount start(String transport, Path mountPoint, String... options)
            throws IOException, InterruptedException {
        ChildMount child = attempt(transport, mountPoint, options);
        if (!child.greeting.equals("mounted")) {
            throw new IOException(child.greeting);
        }
        return child;
    }

    private void readAnswers() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.equals("ended")) {
                    ended.countDown();
                } else {
                    answers.add(line);
                }
            }
        } catch (IOException e) {
            answers.add("! " + e);
        }
        answers.add("! the child's output ended");
    }

    String greeting() {
        return greeting;
    }

    Path mountPoint() {
        return mountPoint;
    }

    /** One command, and its answer. */
    synchronized String send(String command) throws IOException, InterruptedException {
        commands.write((command + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
        String answer = answers.poll(30, TimeUnit.SECONDS);
        if (answer == null || !answer.startsWith("= ")) {
            throw new IOException(command + " was answered: " + answer);
        }
        return answer.substring(2);
    }

    long figure(String name) throws IOException, InterruptedException {
        return Long.parseLong(send(name));
    }

    /** Sets a switch, see {@link Switches#set}. */
    void set(String name, String what) throws IOException, InterruptedException {
        send("set " + name + " " + what);
    }

    boolean endsWithin(long seconds) throws InterruptedException {
        return ended.await(seconds, TimeUnit.SECONDS);
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    boolean isMounted() throws IOException {
        return MountTable.read().at(mountPoint).isPresent();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (process.isAlive()) {
            try {
                commands.close();
            } catch (IOException e) {
                // It died in the meantime.
            }
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                kill();
            }
        }
        if (isMounted()) {
            Command.run("fusermount3", "-uz", mountPoint);
        }
    }
}
