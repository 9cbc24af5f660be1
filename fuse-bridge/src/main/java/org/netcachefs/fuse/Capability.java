package org.netcachefs.fuse;

/** What a transport can do beyond the operations every transport has. */
public enum Capability {
    /** rename with RENAME_NOREPLACE, RENAME_EXCHANGE. */
    RENAME_FLAGS,
    TMPFILE,
    LSEEK,
    COPY_FILE_RANGE,
    READDIRPLUS,
    NOTIFY,
    /** Names that are not UTF-8 arrive unharmed. */
    BYTE_NAMES,
    /** Each entry and attribute has a validity of its own. */
    ENTRY_VALIDITY,
    INTERRUPT,
    /** Regions are sent without a copy. */
    SPLICE,
    /** Nodes of the kernel are our nodes: FORGET arrives, a replaced file is a new node. */
    NODES
}
