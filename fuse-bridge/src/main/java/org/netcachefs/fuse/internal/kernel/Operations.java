package org.netcachefs.fuse.internal.kernel;

import static org.netcachefs.fuse.internal.protocol.Opcode.*;

import java.util.Arrays;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.ErrnoException;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.internal.protocol.Encoders;
import org.netcachefs.fuse.internal.protocol.RequestLayout;

/** Which operation serves which opcode. What is not known here is answered ENOSYS, and not sent again by the kernel. Thread-safe. */
final class Operations {
    private static final int COUNT = COPY_FILE_RANGE_64 + 1;

    private final Operation[] byOpcode = new Operation[COUNT];

    Operations(FileSystem fileSystem) {
        Arrays.fill(byOpcode, (Operation) Operations::unknown);
        addNodes(new NodeRequests(fileSystem));
        addNames(new NameRequests(fileSystem));
        addFiles(new FileRequests(fileSystem));
        addData(new DataRequests(fileSystem));
        addDirectories(new DirectoryRequests(fileSystem));
        addXattrs(new XattrRequests(fileSystem));
        addLocks(new LockRequests(fileSystem));
        byOpcode[INTERRUPT] = Operations::interrupt;
        byOpcode[DESTROY] = Operations::nothing;
        byOpcode[NOTIFY_REPLY] = Request::isNotAnswered;
        byOpcode[IOCTL] = Operations::ioctl;
    }

    void run(Request request) throws ErrnoException {
        int opcode = request.message().opcode();
        if (opcode < 0 || opcode >= COUNT) {
            unknown(request);
        } else {
            byOpcode[opcode].run(request);
        }
    }

    private static void unknown(Request request) throws ErrnoException {
        throw new ErrnoException(Errno.ENOSYS, "opcode " + request.message().opcode());
    }

    private static void ioctl(Request request) throws ErrnoException {
        throw new ErrnoException(Errno.ENOTTY, "ioctl");
    }

    private static void nothing(Request request) {
        boolean ignored = request.answer(Encoders.NOTHING).succeed();
    }

    private static void interrupt(Request request) throws ErrnoException {
        request.isNotAnswered();
        request.origin().interrupts().interrupted(request.message().getLong(RequestLayout.Interrupt.UNIQUE));
    }

    private void addNodes(NodeRequests nodes) {
        byOpcode[LOOKUP] = nodes::lookup;
        byOpcode[FORGET] = nodes::forget;
        byOpcode[BATCH_FORGET] = nodes::batchForget;
        byOpcode[GETATTR] = nodes::getattr;
        byOpcode[SETATTR] = nodes::setattr;
        byOpcode[READLINK] = nodes::readlink;
        byOpcode[ACCESS] = nodes::access;
        byOpcode[STATFS] = nodes::statfs;
    }

    private void addNames(NameRequests names) {
        byOpcode[SYMLINK] = names::symlink;
        byOpcode[MKNOD] = names::mknod;
        byOpcode[MKDIR] = names::mkdir;
        byOpcode[UNLINK] = names::unlink;
        byOpcode[RMDIR] = names::rmdir;
        byOpcode[RENAME] = names::rename;
        byOpcode[RENAME2] = names::rename2;
        byOpcode[LINK] = names::link;
    }

    private void addFiles(FileRequests files) {
        byOpcode[OPEN] = files::open;
        byOpcode[CREATE] = files::create;
        byOpcode[TMPFILE] = files::tmpfile;
        byOpcode[FLUSH] = files::flush;
        byOpcode[RELEASE] = files::release;
        byOpcode[FSYNC] = files::fsync;
        byOpcode[FALLOCATE] = files::fallocate;
        byOpcode[LSEEK] = files::lseek;
    }

    private void addData(DataRequests data) {
        byOpcode[READ] = data::read;
        byOpcode[WRITE] = data::write;
        byOpcode[COPY_FILE_RANGE] = data::copyFileRange;
        byOpcode[COPY_FILE_RANGE_64] = data::copyFileRange64;
    }

    private void addDirectories(DirectoryRequests directories) {
        byOpcode[OPENDIR] = directories::opendir;
        byOpcode[READDIR] = directories::readdir;
        byOpcode[READDIRPLUS] = directories::readdirplus;
        byOpcode[RELEASEDIR] = directories::releasedir;
        byOpcode[FSYNCDIR] = directories::fsyncdir;
    }

    private void addXattrs(XattrRequests xattrs) {
        byOpcode[GETXATTR] = xattrs::getxattr;
        byOpcode[LISTXATTR] = xattrs::listxattr;
        byOpcode[SETXATTR] = xattrs::setxattr;
        byOpcode[REMOVEXATTR] = xattrs::removexattr;
    }

    private void addLocks(LockRequests locks) {
        byOpcode[GETLK] = locks::getlk;
        byOpcode[SETLK] = locks::setlk;
        byOpcode[SETLKW] = locks::setlkw;
    }
}
