package org.netcachefs.daemon.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.netcachefs.daemon.upstream.UpstreamTree.DataHandle;
import org.netcachefs.daemon.upstream.UpstreamTree.PathHandle;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.LockRequest.Kind;
import org.netcachefs.fuse.LockState;
import org.netcachefs.fuse.OpenFlags;

/** What every {@link UpstreamLocks} promises. */
@Timeout(60)
public abstract class UpstreamLocksContract {
    private DataHandle one;
    private DataHandle other;

    protected abstract UpstreamTree tree();

    @BeforeEach
    void opensAFileTwice() throws ErrnoException {
        FileName name = FileName.of("file");
        tree().changes().create(tree().root(), name, 0644, OpenFlags.O_WRONLY).close();
        one = open("file", OpenFlags.O_RDWR);
        other = open("file", OpenFlags.O_RDWR);
    }

    @AfterEach
    void closesEverything() {
        one.close();
        other.close();
        tree().close();
        assertThat(tree().openDescriptors()).as("descriptors left open").isZero();
    }

    @Test
    void ranges_excludeEachOther_whereTheyOverlapAndOneIsForWriting() throws ErrnoException {
        assertThat(set(one, Kind.WRITE, 10, 19)).isTrue();
        assertThat(set(other, Kind.READ, 0, 10)).isFalse();
        assertThat(set(other, Kind.WRITE, 19, Long.MAX_VALUE)).isFalse();
        assertThat(set(other, Kind.WRITE, 20, Long.MAX_VALUE)).isTrue();
        assertThat(set(one, Kind.READ, 10, 19)).isTrue();
        assertThat(set(other, Kind.READ, 0, 19)).isTrue();
        assertThat(set(one, Kind.WRITE, 15, 15)).isFalse();
    }

    @Test
    void whatADescriptorHad_isReplacedByteForByte() throws ErrnoException {
        assertThat(set(one, Kind.WRITE, 0, 99)).isTrue();
        assertThat(set(one, Kind.UNLOCK, 20, 29)).isTrue();
        assertThat(set(one, Kind.READ, 50, 99)).isTrue();
        assertThat(set(other, Kind.WRITE, 20, 29)).isTrue();
        assertThat(set(other, Kind.READ, 60, 200)).isTrue();
        assertThat(set(other, Kind.READ, 30, 30)).isFalse();
        assertThat(set(other, Kind.READ, 19, 19)).isFalse();
        assertThat(set(one, Kind.UNLOCK, 0, Long.MAX_VALUE)).isTrue();
        assertThat(set(other, Kind.WRITE, 0, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void sharedOpenFile_hasOneSetOfLocks_untilAllItsDescriptorsAreClosed() throws ErrnoException {
        DataHandle share = tree().locks().share(one);
        assertThat(set(share, Kind.WRITE, 10, 19)).isTrue();
        assertThat(set(one, Kind.WRITE, 15, 15)).isTrue();
        assertThat(tree().locks().flock(share, Kind.WRITE)).isTrue();
        one.close();
        assertThat(set(other, Kind.READ, 10, 10)).isFalse();
        assertThat(tree().locks().flock(other, Kind.READ)).isFalse();
        share.close();
        assertThat(set(other, Kind.READ, 10, 10)).isTrue();
        assertThat(tree().locks().flock(other, Kind.READ)).isTrue();
    }

    @Test
    void query_tellsWhatIsInTheWay() throws ErrnoException {
        assertThat(set(one, Kind.READ, 10, 19)).isTrue();
        assertThat(query(other, Kind.READ).kind()).isEqualTo(Kind.UNLOCK);
        assertThat(query(one, Kind.WRITE).kind()).isEqualTo(Kind.UNLOCK);
        LockState found = query(other, Kind.WRITE);
        assertThat(found.kind()).isEqualTo(Kind.READ);
        assertThat(found.start()).isEqualTo(10);
        assertThat(found.endInclusive()).isEqualTo(19);
        assertThat(found.pid()).isNotPositive();
        assertThat(set(other, Kind.READ, 5, Long.MAX_VALUE)).isTrue();
        assertThat(query(one, Kind.WRITE).endInclusive()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void locks_endWithTheirDescriptor() throws ErrnoException {
        assertThat(set(one, Kind.WRITE, 0, Long.MAX_VALUE)).isTrue();
        assertThat(flock(one, Kind.WRITE)).isTrue();
        one.close();
        assertThat(set(other, Kind.WRITE, 0, Long.MAX_VALUE)).isTrue();
        assertThat(flock(other, Kind.WRITE)).isTrue();
    }

    @Test
    void flocks_areSharedOrNot_andApartFromRanges() throws ErrnoException {
        assertThat(set(one, Kind.WRITE, 0, Long.MAX_VALUE)).isTrue();
        assertThat(flock(other, Kind.READ)).isTrue();
        assertThat(flock(one, Kind.READ)).isTrue();
        assertThat(flock(other, Kind.UNLOCK)).isTrue();
        assertThat(flock(one, Kind.WRITE)).isTrue();
        assertThat(flock(other, Kind.READ)).isFalse();
        assertThat(flock(one, Kind.READ)).isTrue();
        assertThat(flock(other, Kind.READ)).isTrue();
    }

    @Test
    void flockThatIsRefused_losesTheOneBefore() throws ErrnoException {
        assertThat(flock(one, Kind.READ)).isTrue();
        assertThat(flock(other, Kind.READ)).isTrue();
        assertThat(flock(one, Kind.WRITE)).isFalse();
        assertThat(flock(other, Kind.WRITE)).isTrue();
    }

    @Test
    void access_decidesWhichKindsThereAre() throws ErrnoException {
        try (DataHandle reader = open("file", 0);
                DataHandle writer = open("file", OpenFlags.O_WRONLY)) {
            assertThat(errnoOf(() -> set(reader, Kind.WRITE, 0, 0))).isEqualTo(Errno.EBADF);
            assertThat(errnoOf(() -> set(writer, Kind.READ, 0, 0))).isEqualTo(Errno.EBADF);
            assertThat(set(reader, Kind.READ, 0, 0)).isTrue();
            assertThat(set(reader, Kind.UNLOCK, 0, 0)).isTrue();
            assertThat(set(writer, Kind.WRITE, 0, 0)).isTrue();
            assertThat(set(writer, Kind.UNLOCK, 0, 0)).isTrue();
            assertThat(flock(reader, Kind.WRITE)).isTrue();
        }
    }

    @Test
    void fileWithoutAName_isOpenedByADescriptor() throws ErrnoException {
        tree().changes().unlink(tree().root(), FileName.of("file"));
        try (DataHandle more = tree().locks().open(one, OpenFlags.O_RDWR)) {
            assertThat(set(more, Kind.WRITE, 0, 0)).isTrue();
            assertThat(set(one, Kind.READ, 0, 0)).isFalse();
        }
    }

    @Test
    void open_ofAnythingButARegularFile_isEinval() throws ErrnoException {
        tree().changes().mkdir(tree().root(), FileName.of("directory"), 0755);
        assertThat(errnoOf(() -> open("directory", 0))).isEqualTo(Errno.EINVAL);
    }

    private DataHandle open(String name, int access) throws ErrnoException {
        try (PathHandle path = tree().open(tree().root(), FileName.of(name))) {
            return tree().locks().open(path, access);
        }
    }

    private boolean set(DataHandle file, Kind kind, long start, long end) throws ErrnoException {
        return tree().locks().set(file, new ByteLock(kind, start, end));
    }

    private LockState query(DataHandle file, Kind kind) throws ErrnoException {
        return tree().locks().query(file, ByteLock.whole(kind));
    }

    private boolean flock(DataHandle file, Kind kind) throws ErrnoException {
        return tree().locks().flock(file, kind);
    }

    private static Errno errnoOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        ErrnoException failure = catchThrowableOfType(ErrnoException.class, call);
        assertThat(failure).isNotNull();
        return failure.errno();
    }
}
