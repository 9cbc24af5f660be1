package org.netcachefs.daemon.netfs;

import org.netcachefs.fuse.Caller;
import org.netcachefs.fuse.Created;
import org.netcachefs.fuse.Entry;
import org.netcachefs.fuse.Errno;
import org.netcachefs.fuse.FileName;
import org.netcachefs.fuse.FileSystem;
import org.netcachefs.fuse.OpenFlags;
import org.netcachefs.fuse.OwnedBuffer;
import org.netcachefs.fuse.Reply;
import org.netcachefs.fuse.SetAttributes;
import org.netcachefs.fuse.ValidAttributes;
import org.netcachefs.fuse.WriteRequest;

/** Answers EROFS to whatever would change upstream, and does nothing where nothing can have been written. */
abstract class ReadOnlyFileSystem implements FileSystem {
    @Override
    public void fsync(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        Outcome.done(reply);
    }

    @Override
    public void fsyncdir(Caller caller, long node, long handle, boolean dataOnly, Reply<Void> reply) {
        Outcome.done(reply);
    }

    @Override
    public void setattr(Caller caller, long node, SetAttributes change, Reply<ValidAttributes> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void mknod(Caller caller, long parent, FileName name, int mode, int device, Reply<Entry> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void mkdir(Caller caller, long parent, FileName name, int mode, Reply<Entry> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void unlink(Caller caller, long parent, FileName name, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void rmdir(Caller caller, long parent, FileName name, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void symlink(Caller caller, long parent, FileName name, byte[] target, Reply<Entry> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void rename(
            Caller caller, long parent, FileName name, long newParent, FileName newName, int flags, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void link(Caller caller, long node, long newParent, FileName newName, Reply<Entry> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void create(Caller caller, long parent, FileName name, int mode, OpenFlags flags, Reply<Created> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void tmpfile(Caller caller, long parent, int mode, OpenFlags flags, Reply<Created> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void write(WriteRequest request, OwnedBuffer bytes, Reply<Integer> reply) {
        bytes.close();
        reply.error(Errno.EROFS);
    }

    @Override
    public void fallocate(
            Caller caller, long node, long handle, int mode, long offset, long length, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void setxattr(Caller caller, long node, FileName name, byte[] value, int flags, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }

    @Override
    public void removexattr(Caller caller, long node, FileName name, Reply<Void> reply) {
        reply.error(Errno.EROFS);
    }
}
