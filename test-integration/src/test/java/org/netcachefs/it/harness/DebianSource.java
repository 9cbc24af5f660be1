package org.netcachefs.it.harness;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Source packages of the system this runs on, fetched by apt-get with lists of its own and kept in {@code test-integration/target}. */
public final class DebianSource {
    /** From the system's own addresses, whether or not they name sources too. */
    private static final String FETCH = """
            mkdir -p "$0/parts" "$0/lists/partial" "$0/cache/archives/partial"
            if [ -e /etc/apt/sources.list.d/debian.sources ]; then
                sed 's/^Types:.*/Types: deb-src/' /etc/apt/sources.list.d/debian.sources >"$0/parts/debian.sources"
            else
                sed -n 's/^deb /deb-src /p' /etc/apt/sources.list >"$0/parts/debian.list"
            fi
            get() {
                apt-get -q -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$0/parts" \\
                    -o "Dir::State::Lists=$0/lists" -o "Dir::Cache=$0/cache" -o APT::Sandbox::User=root "$@"
            }
            get update
            mkdir "$0/new"
            cd "$0/new"
            get source "$1"
            mv "$1"-*/ "$2"
            """;

    private DebianSource() {}

    /** The folder of the unpacked package; not to be written. */
    public static Path unpacked(String name) throws IOException {
        Path all = Files.createDirectories(Product.root().resolve("test-integration/target/sources"));
        Path unpacked = all.resolve(name);
        if (!Files.isDirectory(unpacked)) {
            Path work = Files.createTempDirectory(all, "fetching");
            List<String> command = List.of("sh", "-euc", FETCH, work.toString(), name, unpacked.toString());
            Command.run(command, Map.of("LC_ALL", "C.UTF-8"), Duration.ofMinutes(5))
                    .expect(0);
            Command.run(List.of("rm", "-rf", work.toString())).expect(0);
        }
        return unpacked;
    }
}
