using System.Text;

namespace Conversations.Faults.Fuzzing;

/// <summary>Values for text parameters, as bytes on the wire.</summary>
public static class Values
{
    private static readonly string[] Plain =
    [
        "",
        "null",
        "alice",
        "bob",
        "active",
        "closed",
        "inactive",
        "true",
        "{}",
        "{\"a\":1}",
        "webhook",
        "trigger",
        "studio",
        "GET",
        "POST",
        "get",
        "post",
        "conversation",
        "service",
        "+15550000001",
        "+15550000002",
        "+15017122661",
        "whatsapp:%2B15550000001",
        "whatsapp:%2B15017122661",
        "a@example.com",
        "onParticipantAdded",
        "onMessageAdded",
        "http://127.0.0.1:9/hook",
        "addParticipant",
        "sendMessage",
        "PT10M",
        "P1D",
        "2020-01-01",
        "2020-01-01T00:00:00Z",
        "0",
        "1",
        "50",
        "MG0123456789abcdef0123456789abcdef",
    ];

    private static readonly string[] Encodings =
    [
        "%00",
        "a%00b",
        "%",
        "%2",
        "%zz",
        "a%b",
        "%u00e4",
        "%ED%A0%80",
        "%ED%BF%BF%ED%A0%80",
        "%C0%AF",
        "%C0%80",
        "%E0%80%AF",
        "%F0%80%80%AF",
        "%F4%90%80%80",
        "%F8%88%80%80%80",
        "%FF%FE",
        "%80",
        "%EF%BF%BE",
        "%EF%BB%BFalice",
        "\u00ff\u00fe",
        "\u00ed\u00a0\u0080",
        "\u00c0\u00af",
        "%E2%80%AE",
        "%F0%9F%92%A9",
        "%CC%81e%CC%81",
        "%0d%0aX-Evil:%201",
        "%0A",
        "%7F",
        "%1b[31m",
        "+",
        "%2B",
        "%2525",
        "%252F",
        "%5Cud800",
        "%22%5Cud800%22",
        "%22%5Cu0000%22",
        "%c3%28",
        "%a0%a1",
    ];

    private static readonly string[] Numbers =
    [
        "-1",
        "0",
        "-0",
        "00001",
        "1.5",
        "1e3",
        "2147483647",
        "2147483648",
        "4294967296",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775809",
        "99999999999999999999999999999999999999",
        "1e999999",
        "NaN",
        "Infinity",
        "0x10",
        "+1",
        " 1",
        "1 ",
        "1%00",
        "\u0661",
        "%D9%A1%D9%A2",
        "1_000",
        "1,000",
        "%EF%BC%91",
    ];

    private static readonly string[] Dates =
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "0001-01-01T00:00:00%2B14:00",
        "9999-12-31T23:59:59-14:00",
        "10000-01-01T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "0000-00-00",
        "2020-02-30",
        "2020-13-01",
        "2016-12-31T23:59:60Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01T00:00:00.1234567890123Z",
        "2020-01-01T00:00:00%2B99:99",
        "0001-01-01",
        "9999-12-31",
        "1",
        "now",
        "2020-W01-1",
        "P99999Y",
        "P999999999999999999D",
        "-PT10M",
        "PT0S",
        "PT1M",
        "PT9999999999999999S",
        "P36526D",
        "PT1e9S",
        "P1Y2M3DT4H5M6.7S",
    ];

    private static readonly string[] Hostile =
    [
        "'; DROP TABLE participants; --",
        "\" OR 1=1",
        "%27%20OR%20%271%27=%271",
        "<script>alert(1)</script>",
        "${jndi:ldap://127.0.0.1:9/a}",
        "{{7*7}}",
        "../../../etc/passwd",
        "%2e%2e%2f%2e%2e%2f",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "http://",
        "http:///",
        "http://[::1",
        "http://a:99999/",
        "http://a@b:c@d/",
        "//a",
        "http://%00/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:9/%zz",
        "[1,2,3",
        "{\"a\":}",
        "{\"a\":1,\"a\":2}",
        "\"\\x\"",
        "tru",
        "[]]",
        "//c\n1",
        "whatsapp:",
        ":",
        "whatsapp:whatsapp:%2B15550000001",
        "messenger:",
        "rcs:%00",
        "@",
        "a@",
        "@@",
        "+",
        "+0",
        "+1",
        "+999999999999999999",
        "US0123456789abcdef0123456789abcdef",
        "CH0123456789ABCDEF0123456789abcdef",
        "MB",
        "PT",
        "PTCH",
        "PTPTCH0123456789abcdef0123456789abcdef",
    ];

    /// <summary>A value that may be valid.</summary>
    public static string Likely(Random random, Targets targets) =>
        random.Next(4) == 0
            ? Pick(random, targets.Sids)
            : Pick(random, Plain).Replace("+", "%2B", StringComparison.Ordinal);

    /// <summary>A value that is usually invalid, and what is wrong with it.</summary>
    public static (string Kind, string Text) Odd(Random random, Targets targets) =>
        random.Next(10) switch
        {
            0 => ("bytes", Bytes(random, random.Next(1, 60))),
            1 or 2 => ("encoding", Pick(random, Encodings)),
            3 => ("number", Pick(random, Numbers)),
            4 => ("date", Pick(random, Dates)),
            5 or 6 => ("hostile text", Pick(random, Hostile)),
            7 => ("deep JSON", Deep(random)),
            8 => ("long text", Long(random)),
            _ => ("damaged or foreign SID", Sid(random, targets)),
        };

    /// <summary>A SID or page token that is damaged or belongs to another account.</summary>
    public static string Sid(Random random, Targets targets)
    {
        var sid = Pick(random, targets.Sids);
        var prefix = random.Next(2) == 0 ? "PT" : "";
        return prefix
            + random.Next(7) switch
            {
                0 => sid[..random.Next(sid.Length)],
                1 => sid + "0",
                2 => $"{sid[..20]}g{sid[21..]}",
                3 => sid.ToUpperInvariant(),
                4 => $"{sid[..2]}{new string(random.Next(2) == 0 ? '0' : 'f', 32)}",
                _ => Pick(random, targets.Foreign),
            };
    }

    public static T Pick<T>(Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static string Bytes(Random random, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => (char)random.Next(256)));

    private static string Deep(Random random)
    {
        var depth = Pick(random, [10, 100, 1000, 2000, 4090, 8190, 20_000]);
        return random.Next(4) switch
        {
            0 => new string('[', depth),
            1 => new string('[', depth) + new string(']', depth),
            2 => string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth),
            _ => $"{{\"a\":{new string('9', depth)}}}",
        };
    }

    private static string Long(Random random)
    {
        var length = Pick(random, [255, 256, 257, 1000, 4095, 4096, 4097, 16_384, 16_385, 70_000]);
        var text = Pick(random, ["a", "%F0%9F%92%A9", "%C3%A4", "\"", "%20"]);
        return new StringBuilder().Insert(0, text, length / Pick(random, [1, 2])).ToString();
    }
}
