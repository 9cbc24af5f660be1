package org.netcachefs.daemon.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.netcachefs.fuse.FileName;

/** Changes a tree that is a directory of this machine. */
public final class DirectorySide implements UpstreamSide {
    private final Path root;

    public DirectorySide(Path root) {
        this.root = root;
    }

    @Override
    public void directory(String path) {
        change(() -> Files.createDirectory(at(path)));
    }

    @Override
    public void file(String path, byte[] content) {
        change(() -> Files.write(at(path), content));
    }

    /** By a URI, which spells bytes out. */
    @Override
    public void file(String directory, FileName name, byte[] content) {
        StringBuilder escaped = new StringBuilder(at(directory).toUri().toString());
        for (byte b : name.bytes()) {
            escaped.append(String.format("%%%02x", b & 0xff));
        }
        change(() -> Files.write(Path.of(URI.create(escaped.toString())), content));
    }

    @Override
    public void write(String path, long offset, byte[] bytes) {
        change(() -> {
            try (FileChannel file = FileChannel.open(at(path), StandardOpenOption.WRITE)) {
                return file.write(ByteBuffer.wrap(bytes), offset);
            }
        });
    }

    @Override
    public void truncate(String path, long size) {
        change(() -> {
            try (FileChannel file = FileChannel.open(at(path), StandardOpenOption.WRITE)) {
                long old = file.size();
                return size < old ? file.truncate(size) : file.write(ByteBuffer.allocate((int) (size - old)), old);
            }
        });
    }

    @Override
    public void symlink(String path, String target) {
        change(() -> Files.createSymbolicLink(at(path), Path.of(target)));
    }

    @Override
    public void fifo(String path) {
        change(() -> {
            Process process = new ProcessBuilder("mkfifo", at(path).toString())
                    .inheritIO()
                    .start();
            if (process.onExit().join().exitValue() != 0) {
                throw new IOException("mkfifo " + path);
            }
            return process;
        });
    }

    @Override
    public void rename(String from, String to) {
        change(() -> Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE));
    }

    @Override
    public void delete(String path) {
        change(() -> {
            Files.delete(at(path));
            return path;
        });
    }

    @Override
    public void mode(String path, int permissions) {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (PosixFilePermission permission : PosixFilePermission.values()) {
            if ((permissions & (0400 >> permission.ordinal())) != 0) {
                set.add(permission);
            }
        }
        change(() -> Files.setPosixFilePermissions(at(path), set));
    }

    @Override
    public void modified(String path, long nanos) {
        change(() -> Files.setLastModifiedTime(at(path), FileTime.from(nanos, TimeUnit.NANOSECONDS)));
    }

    @Override
    public void attribute(String path, String name, byte[] value) {
        change(() -> Files.getFileAttributeView(at(path), UserDefinedFileAttributeView.class)
                .write(name.substring("user.".length()), ByteBuffer.wrap(value)));
    }

    private Path at(String path) {
        return root.resolve(path);
    }

    private static void change(Change change) {
        try {
            change.make();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Change {
        Object make() throws IOException;
    }
}
