package org.netcachefs.it.upstream;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.Mount;
import org.netcachefs.fuse.MountRequest;
import org.netcachefs.fuse.Transport;
import org.netcachefs.fuse.Transports;

/**
 * The test upstream's process: {@code UpstreamMain BACKING MOUNTPOINT direct|cached}. Takes one command a line on standard
 * input, answers each by one line of JSON, ends with its input.
 */
public final class UpstreamMain {
    private final Switches switches = new Switches();
    private final Backing backing;
    private final Gate gate;

    private UpstreamMain(Path folder, boolean directIo) throws Exception {
        backing = new Backing(folder, switches);
        gate = Gate.before(new WritablePassthrough(backing, switches, directIo), switches);
    }

    public static void main(String[] arguments) throws Exception {
        UpstreamMain upstream = new UpstreamMain(Path.of(arguments[0]), arguments[2].equals("direct"));
        Transport transport = Transports.libfuse();
        MountRequest request = new MountRequest(
                Path.of(arguments[1]),
                arguments[0],
                "testupstream",
                List.of(),
                Duration.ofSeconds(20),
                1 << 17,
                1 << 17,
                0,
                0,
                4);
        Mount mount = transport.mount(request, upstream.gate.asFileSystem());
        upstream.serve(System.out);
        mount.unmount(Mount.UnmountMode.DETACH);
        upstream.gate.release();
        System.exit(0);
    }

    private void serve(PrintStream out) throws Exception {
        out.println("{\"ready\":true}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(obey(line.split(" ")));
        }
    }

    private JsonObject obey(String[] words) {
        switch (words[0]) {
            case "hang" -> gate.hang(Set.of(Arrays.copyOfRange(words, 1, words.length)));
            case "release" -> gate.release();
            case "delay" -> switches.delay(Long.parseLong(words[1]));
            case "clock" -> switches.clock(Long.parseLong(words[1]), Long.parseLong(words[2]));
            case "longest-read" -> switches.longestRead(Integer.parseInt(words[1]));
            case "error" -> switches.error(errno(words[1]));
            case "error-of" -> switches.errorOf(words[1], errno(words[2]));
            case "write-error" -> switches.writeError(errno(words[1]));
            case "reset" -> switches.reset();
            case "count", "parked" -> {}
            default -> throw new IllegalArgumentException(words[0]);
        }
        JsonObject answer = words[0].equals("count") ? switches.counted(backing.root()) : new JsonObject();
        answer.addProperty("parked", gate.parked(words[0].equals("parked") && words.length > 1 ? words[1] : ""));
        return answer;
    }

    private static Optional<Errno> errno(String name) {
        return name.equals("none") ? Optional.empty() : Optional.of(Errno.valueOf(name));
    }
}
