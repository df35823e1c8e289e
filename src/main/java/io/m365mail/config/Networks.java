package io.m365mail.config;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/** IP addresses and networks as the configuration writes them; never asks the DNS. */
final class Networks {
    private Networks() {}

    static boolean isIp(String text) {
        return NetUtil.createByteArrayFromIpAddressString(text) != null;
    }

    /** {@code localhost} or an address that only this machine reaches. */
    static boolean isLoopback(String host) {
        if (host.toLowerCase(Locale.ROOT).equals("localhost")) {
            return true;
        }
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        return bytes != null && address(bytes).isLoopbackAddress();
    }

    static boolean isWildcard(String host) {
        byte[] bytes = NetUtil.createByteArrayFromIpAddressString(host);
        return bytes != null && address(bytes).isAnyLocalAddress();
    }

    /** {@code address/prefix}; a single address gets the prefix of its length. */
    static String cidr(String text) throws ValueException {
        int slash = text.indexOf('/');
        String ip = slash < 0 ? text : text.substring(0, slash);
        byte[] bytes = ip.contains("%") ? null : NetUtil.createByteArrayFromIpAddressString(ip);
        if (bytes == null) {
            throw new ValueException(
                    "'" + text + "' is no IP network", "Write an address with a prefix length, such as 192.168.7.0/24");
        }
        int bits = bytes.length * 8;
        int prefix = slash < 0 ? bits : prefix(text, slash, bits);
        if (prefix == 0) {
            throw new ValueException(
                    "'" + text + "' is every address there is: an open relay",
                    "List the networks of your own devices and applications");
        }
        byte[] network = masked(bytes, prefix);
        if (!java.util.Arrays.equals(network, bytes)) {
            throw new ValueException(
                    "'" + text + "' has bits set behind its prefix of " + prefix,
                    "Write " + address(network).getHostAddress() + "/" + prefix + " if the network is meant");
        }
        return ip + "/" + prefix;
    }

    private static int prefix(String text, int slash, int bits) throws ValueException {
        String digits = text.substring(slash + 1);
        if (!digits.matches("\\d{1,3}") || Integer.parseInt(digits) > bits) {
            throw new ValueException(
                    "'" + text + "' has no prefix length between 1 and " + bits,
                    "Write an address with a prefix length, such as 192.168.7.0/24");
        }
        return Integer.parseInt(digits);
    }

    private static byte[] masked(byte[] bytes, int prefix) {
        byte[] result = bytes.clone();
        for (int bit = prefix; bit < bytes.length * 8; bit++) {
            result[bit / 8] &= (byte) ~(0x80 >> bit % 8);
        }
        return result;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an IP address has 4 or 16 bytes", e);
        }
    }
}
