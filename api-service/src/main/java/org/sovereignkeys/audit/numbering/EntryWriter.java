/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.audit.numbering;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.sovereignkeys.audit.AuditEntry;
import org.sovereignkeys.audit.AuditStore;
import org.sovereignkeys.audit.AuditUnavailableException;
import org.sovereignkeys.audit.CustomerCopies;
import org.sovereignkeys.customer.VpcId;
import org.sovereignkeys.hsm.KeyVault;
import org.sovereignkeys.hsm.Signature;

/** Brings one entry from the record into the store. Two at work on the same entry do no harm. */
final class EntryWriter {
    private static final Logger LOG = LoggerFactory.getLogger(EntryWriter.class);
    private static final int MAX_NUMBERS_TRIED = 3;

    private final Numbering numbering;
    private final AuditStore store;
    private final KeyVault vault;
    private final CustomerCopies copies;
    private final AuditMeters meters;
    private final Set<AuditEntry> inWork = ConcurrentHashMap.newKeySet();
    private final Set<AuditEntry> handedOver = ConcurrentHashMap.newKeySet();
    /** Whose number is taken, and who could not be given another yet: who is told of that needs to be told once. */
    private final Set<AuditEntry> withoutNumber = ConcurrentHashMap.newKeySet();
    private final Set<AuditEntry> uncompared = ConcurrentHashMap.newKeySet();

    EntryWriter(Numbering numbering, AuditStore store, KeyVault vault, CustomerCopies copies, AuditMeters meters) {
        this.numbering = numbering;
        this.store = store;
        this.vault = vault;
        this.copies = copies;
        this.meters = meters;
    }

    boolean isInWork(AuditEntry entry) {
        return inWork.contains(entry) || isStored(entry);
    }

    /** Whether an entry is on record only until its copy is kept account of. */
    boolean isStored(AuditEntry entry) {
        return handedOver.contains(entry);
    }

    /**
     * Signs and stores an entry that is on record; under another number if its own is taken.
     *
     * @param then is called once the entry is stored, has it settled, and may throw
     * @return the number under which it is stored; that of a filler, also if something else stands there
     * @throws UncomparedException if what stands under its number cannot be read: it stays on record
     * @throws AuditUnavailableException if it could not be stored or renumbered: it stays on record
     * @throws org.sovereignkeys.hsm.HsmException if it could not be signed: it stays on record
     */
    long complete(AuditEntry onRecord, WhenStored then) {
        AuditEntry entry = onRecord;
        for (int tried = 0; tried < MAX_NUMBERS_TRIED; tried++) {
            inWork.add(entry);
            try {
                Optional<byte[]> standing = store(entry);
                if (standing.isPresent()) {
                    handOver(entry, standing.get(), then);
                    return entry.number();
                }
                AuditEntry renumbered = renumbered(entry);
                if (renumbered.equals(entry)) {
                    return entry.number(); // a filler, which is not needed any more
                }
                entry = renumbered;
            } finally {
                inWork.remove(entry);
            }
        }
        throw new AuditUnavailableException("Something else writes into the log of " + onRecord.record().vpcId(), null);
    }

    /** Returns the entry as it stands in the store, or empty if something else does. */
    private Optional<byte[]> store(AuditEntry entry) {
        VpcId vpcId = entry.record().vpcId();
        Signature signature = vault.sign(entry.signedText());
        byte[] json = entry.toJson(signature);
        if (meters.timed(() -> store.putIfAbsent(vpcId, entry.number(), json)) == AuditStore.Put.STORED) {
            return Optional.of(json);
        }
        return standing(entry).filter(standing -> isEntry(entry, standing));
    }

    /** It may be the entry itself, stored before; so as long as it cannot be read, the entry keeps its number. */
    private Optional<byte[]> standing(AuditEntry entry) {
        try {
            Optional<byte[]> standing = store.read(entry.record().vpcId(), entry.number());
            uncompared.remove(entry);
            return standing;
        } catch (AuditUnavailableException e) {
            if (uncompared.add(entry)) {
                LOG.error(
                        "Number {} of {} is taken, by its entry or by something else: what stands there cannot be read. The"
                                + " entry stays on record, and it is tried until it can",
                        entry.number(),
                        entry.record().vpcId(), e);
            }
            throw new UncomparedException(e);
        }
    }

    private boolean isEntry(AuditEntry entry, byte[] standing) {
        return entry.signatureIn(standing)
            .filter(found -> SignatureCheck.verifies(vault.publicSigningKey(), entry.signedText(), found))
            .isPresent();
    }

    /** The record outlives a node that dies before it is kept anywhere else that the copy is to be made. */
    private void handOver(AuditEntry entry, byte[] json, WhenStored then) {
        handedOver.add(entry);
        try {
            then.stored(entry.record().vpcId(), entry.number(), json, () -> settle(entry));
        } catch (RuntimeException e) {
            handedOver.remove(entry);
            throw e;
        }
    }

    private void settle(AuditEntry entry) {
        numbering.settle(entry);
        if (entry.record().isFiller()) {
            meters.fillerStored();
        }
        handedOver.remove(entry);
    }

    private AuditEntry renumbered(AuditEntry entry) {
        if (withoutNumber.add(entry)) {
            reportTaken(entry);
        }
        AuditEntry renumbered = numbering.renumber(entry);
        withoutNumber.remove(entry);
        return renumbered;
    }

    private void reportTaken(AuditEntry entry) {
        meters.numberTaken();
        copies.copyLater(entry.record().vpcId(), entry.number(), () -> {}); // nobody else may know what stands there
        LOG.error("Number {} of {} is taken by something that is not its entry, which gets another number. Look at what"
                + " stands there: an entry that this HSM signed is another node's, which took the number after etcd lost its"
                + " data, or does not share its numbers with this node; otherwise someone else writes into this log",
                entry.number(), entry.record().vpcId());
    }

    /** Takes an entry that stands in the store, its bytes, and what settles it. */
    @FunctionalInterface
    interface WhenStored {
        void stored(VpcId vpcId, long number, byte[] json, Runnable settle);
    }

    /** The store answered a put, but does not give what stands there. */
    static final class UncomparedException extends AuditUnavailableException {
        private static final long serialVersionUID = 1L;

        private UncomparedException(AuditUnavailableException cause) {
            super("What stands under the entry's number cannot be read: " + cause.getMessage(), cause);
        }
    }
}
