/* SPDX-License-Identifier: GPL-3.0-or-later */
package org.sovereignkeys.customer.file;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

import org.sovereignkeys.customer.Customer;
import org.sovereignkeys.customer.VpcId;

/** Reads the YAML list: an entry a customer, its members named and formed as in the customers' table. */
final class CustomerList {
    private static final int MAX_SIZE_CHARACTERS = 64 * 1024 * 1024;
    private static final Set<String> MEMBERS = Set.of("VPCID", "RemoteRoleARN", "EktName", "AuditBucketName",
            "ExternalId");

    private final String file;
    private final Map<VpcId, Customer> customers = new HashMap<>();
    private final Set<String> keyNames = new HashSet<>();

    private CustomerList(String file) {
        this.file = file;
    }

    /**
     * Reads a list.
     *
     * @param file its name, for messages
     * @throws InvalidCustomerListException if anything in it is not as it must be
     */
    static Map<VpcId, Customer> parse(String file, String yaml) {
        CustomerList list = new CustomerList(file);
        int number = 0;
        for (Object entry : list.load(yaml)) {
            list.add(++number, entry);
        }
        return Map.copyOf(list.customers);
    }

    private List<?> load(String yaml) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(MAX_SIZE_CHARACTERS);
        try {
            if (new Yaml(new SafeConstructor(options)).load(yaml) instanceof List<?> entries) {
                return entries;
            }
        } catch (YAMLException e) {
            throw new InvalidCustomerListException(file + ": not YAML: " + e.getMessage(), e);
        }
        throw new InvalidCustomerListException(file + ": not a list of customers (write [] for none)", null);
    }

    private void add(int number, @Nullable Object entry) {
        if (!(entry instanceof Map<?, ?> members)) {
            throw invalid(number, "not a customer: members such as VPCID are wanted", null);
        }
        for (Object name : members.keySet()) {
            if (!(name instanceof String text && MEMBERS.contains(text))) {
                throw invalid(number, "unknown member " + name, null);
            }
        }
        Customer customer = customer(number, members);
        if (customers.putIfAbsent(customer.vpcId(), customer) != null) {
            throw invalid(number, "VPCID " + customer.vpcId() + " is there twice", null);
        }
        if (!keyNames.add(customer.keyName())) {
            throw invalid(number, "EktName " + customer.keyName() + " is another customer's: a key belongs to one VPC",
                    null);
        }
    }

    private Customer customer(int number, Map<?, ?> members) {
        String vpcId = text(number, members, "VPCID");
        if (vpcId == null || !VpcId.isValid(vpcId)) {
            throw invalid(number, "VPCID must be vpc- and 8 or 17 lower-case hex digits", null);
        }
        try {
            return new Customer(new VpcId(vpcId), text(number, members, "RemoteRoleARN"),
                    text(number, members, "EktName"),
                    text(number, members, "AuditBucketName"), text(number, members, "ExternalId"));
        } catch (IllegalArgumentException e) {
            throw invalid(number, e.getMessage(), e);
        }
    }

    private @Nullable String text(int number, Map<?, ?> members, String name) {
        return switch (members.get(name)) {
            case null -> null;
            case String text -> text;
            default -> throw invalid(number, name + " is not a text: put it in quotes", null);
        };
    }

    private InvalidCustomerListException invalid(int number, @Nullable String reason, @Nullable Throwable cause) {
        return new InvalidCustomerListException(file + ": entry " + number + ": " + reason, cause);
    }
}
