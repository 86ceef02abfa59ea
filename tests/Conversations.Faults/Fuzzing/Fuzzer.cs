using System.Globalization;
using System.Text;

namespace Conversations.Faults.Fuzzing;

/// <summary>
/// Generates requests that no program sends on purpose. The same random numbers give the same request, apart from the
/// SIDs of its targets.
/// </summary>
public sealed class Fuzzer(IReadOnlyList<ServedOperation> operations, string authorization)
{
    private const string UrlEncoded = "Content-Type: application/x-www-form-urlencoded";

    private static readonly string[] Types =
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=nonsense",
        "application/x-www-form-urlencoded; charset=\"",
        ";",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "application/x-www-form-urlencoded, text/plain",
        "\u00ff",
        "*/*",
    ];

    private static readonly string[] OtherMethods =
    [
        "PUT",
        "PATCH",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "get",
        "PROPFIND",
        new('M', 300),
        "M\u00ff",
    ];

    private static readonly string[] OtherVersions = ["HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "FTP/1.1", ""];

    private static readonly string[] WrongLengths =
    [
        "Content-Length: 9",
        "Content-Length: -",
        "Content-Length: 1\r\nContent-Length: ",
        "Content-Length: 99999999999999999999",
    ];

    private static readonly string[] OddHosts =
    [
        "Host: a b",
        "Host: ",
        "Host: [::1",
        "Host: a\r\nHost: b",
        "X: y",
        "Host: evil.example:99999",
        "Host: \u00ff",
    ];

    public FuzzRequest Next(Random random, Targets targets)
    {
        var operation = Values.Pick(random, operations);
        return random.Next(100) switch
        {
            < 45 => Form(random, targets, operation),
            < 60 => Query(random, targets, operation),
            < 72 => Path(random, targets, operation),
            < 80 => Body(random, targets, operation),
            < 84 => Parts(random, targets, operation),
            < 87 => Headers(random, targets, operation),
            < 88 => Many(random, targets, operation),
            < 97 => Wire(random, targets, operation),
            < 99 => Unauthorized(random, targets, operation),
            _ => random.Next(4) > 0
                ? Form(random, targets, operation)
                : Request(
                    operation,
                    "10 MB form",
                    PathOf(random, targets, operation, odds: 0),
                    Pairs(random, targets, operation).Text + "&x=" + new string('a', 10 << 20),
                    UrlEncoded
                ) with
                {
                    IsWhole = false,
                    MayHangUp = true,
                },
        };
    }

    private FuzzRequest Form(Random random, Targets targets, ServedOperation operation)
    {
        if (operation.Form is [])
        {
            return Query(random, targets, operation);
        }

        var (kind, text) = Pairs(random, targets, operation);
        return Request(operation, kind, PathOf(random, targets, operation, odds: 10), text, UrlEncoded);
    }

    private static (string Kind, string Text) Pairs(Random random, Targets targets, ServedOperation operation)
    {
        var kind = "likely form";
        List<string> pairs = [];
        foreach (var name in operation.Form.Where(_ => random.Next(10) < 4))
        {
            var value = Likely(random, targets, operation, name);
            if (random.Next(2) == 0)
            {
                (kind, value) = Values.Odd(random, targets);
            }

            pairs.Add($"{name}={value.Replace("&", "%26", StringComparison.Ordinal)}");
            switch (random.Next(30))
            {
                case 0:
                    kind = "duplicate parameter";
                    pairs.Add($"{name}={Values.Likely(random, targets)}");
                    break;
                case 1:
                    kind = "broken pair";
                    pairs.Add(
                        Values.Pick(
                            random,
                            [
                                "=",
                                "&&&",
                                "=a",
                                name,
                                $"{name}[]=1",
                                $"{name.ToUpperInvariant()}=1",
                                $"{name}.x=1",
                                $"{name}%00=1",
                                ";",
                                $"{Values.Bytes(random, 20)}",
                            ]
                        )
                    );
                    break;
            }
        }

        return (kind, string.Join('&', pairs));
    }

    private FuzzRequest Query(Random random, Targets targets, ServedOperation operation)
    {
        var kind = "likely query";
        List<string> pairs = [];
        foreach (var name in operation.Query.Count == 0 ? ["PageSize", "x"] : operation.Query)
        {
            if (random.Next(2) == 0)
            {
                (kind, var value) =
                    name == "PageToken" && random.Next(2) == 0
                        ? ("damaged or foreign token", Values.Sid(random, targets))
                        : Values.Odd(random, targets);
                pairs.Add($"{name}={Target(value)}");
            }
        }

        return Request(
            operation,
            kind,
            $"{PathOf(random, targets, operation, odds: 10)}?{string.Join('&', pairs)}",
            body: null
        );
    }

    private FuzzRequest Path(Random random, Targets targets, ServedOperation operation)
    {
        var path = PathOf(random, targets, operation, odds: 2);
        path = random.Next(12) switch
        {
            0 => path.Replace("/v1/", "/v1//", StringComparison.Ordinal),
            1 => $"{path}/..",
            2 => $"{path}/%2e%2e/{Values.Pick(random, targets.Foreign)}",
            3 => $"/{path}",
            4 => path.ToUpperInvariant(),
            5 => $"{path}/../../../../../../etc/passwd",
            6 => path.Replace("/", Values.Pick(random, ["%2F", "\\", "/./", "/;/", "//"]), StringComparison.Ordinal),
            7 => $"{path}/{Target(Values.Odd(random, targets).Text)}",
            8 => $"{path}.json",
            9 => $"{path};a=b",
            10 => $"{path}%3FPageSize=1",
            _ => path,
        };
        return Request(
            operation,
            "path trick",
            path,
            operation.Form is [] ? null : Pairs(random, targets, operation).Text,
            UrlEncoded
        ) with
        {
            IsHttp = false,
        };
    }

    private FuzzRequest Body(Random random, Targets targets, ServedOperation operation)
    {
        var text =
            random.Next(3) == 0 ? Values.Bytes(random, random.Next(200)) : Pairs(random, targets, operation).Text;
        var type = Values.Pick(random, Types);
        var body = random.Next(2) == 0 ? text : $"{{\"Identity\":{new string('[', 5000)}";
        var encoding = random.Next(4) == 0 ? "Content-Encoding: gzip" : "X: y";
        return Request(
            operation,
            "body of another type",
            PathOf(random, targets, operation, odds: 0),
            body,
            $"Content-Type: {type}",
            encoding
        ) with
        {
            IsHttp = false,
        };
    }

    private FuzzRequest Parts(Random random, Targets targets, ServedOperation operation)
    {
        StringBuilder body = new();
        foreach (var name in operation.Form.Where(_ => random.Next(3) == 0))
        {
            var value = random.Next(2) == 0 ? Values.Bytes(random, random.Next(100)) : Values.Likely(random, targets);
            var disposition = Values.Pick(
                random,
                ["form-data", "attachment", "", "form-data; filename=\"a\"", "form-data; filename*=utf-8''%zz"]
            );
            body.Append(CultureInfo.InvariantCulture, $"--B\r\nContent-Disposition: {disposition}; name=\"{name}\"\r\n")
                .Append(
                    Values.Pick(
                        random,
                        [
                            "",
                            "",
                            "Content-Type: text/plain; charset=utf-7\r\n",
                            "Content-Transfer-Encoding: base64\r\n",
                            "no colon\r\n",
                            $"X: {new string('h', 20_000)}\r\n",
                        ]
                    )
                )
                .Append("\r\n")
                .Append(value)
                .Append("\r\n");
        }

        body.Append(Values.Pick(random, ["--B--\r\n", "--B--\r\n", "--B", "", "\r\n--B\r\n\r\n"]));
        return Request(
            operation,
            "multipart",
            PathOf(random, targets, operation, odds: 0),
            $"{body}",
            "Content-Type: multipart/form-data; boundary=B"
        );
    }

    private FuzzRequest Headers(Random random, Targets targets, ServedOperation operation)
    {
        string[] headers = random.Next(4) switch
        {
            0 => [.. Enumerable.Range(0, random.Next(50, 200)).Select(i => $"X-{i}: {i}")],
            1 => [$"X: {new string('a', random.Next(1000, 40_000))}"],
            2 =>
            [
                "X-Forwarded-For: 1.2.3.4",
                "X-Forwarded-Host: evil.example",
                "X-Forwarded-Proto: javascript",
                "X-HTTP-Method-Override: DELETE",
                "X-Original-URL: /v1/Services",
                "Expect: 100-continue",
            ],
            _ =>
            [
                $"X-Twilio-Webhook-Enabled: {Values.Pick(random, ["true", "TRUE", "1", "", "true,true"])}",
                "Accept: nonsense/nonsense",
                "Accept-Encoding: *",
                "Range: bytes=0-",
                "If-None-Match: *",
                "Cookie: a=b",
            ],
        };
        return Request(
            operation,
            "headers",
            PathOf(random, targets, operation, odds: 0),
            operation.Form is [] ? null : Pairs(random, targets, operation).Text,
            [UrlEncoded, .. headers]
        ) with
        {
            IsHttp = false,
            MayHangUp = true,
        };
    }

    private FuzzRequest Many(Random random, Targets targets, ServedOperation operation)
    {
        var same = random.Next(2) == 0;
        var pairs = Enumerable.Range(0, random.Next(1000, 20_000)).Select(i => same ? $"Identity={i}" : $"a{i}={i}");
        return Request(
            operation,
            "thousands of parameters",
            PathOf(random, targets, operation, odds: 0),
            string.Join('&', pairs),
            UrlEncoded
        );
    }

    private FuzzRequest Unauthorized(Random random, Targets targets, ServedOperation operation)
    {
        var credentials = Values.Pick(
            random,
            [
                "Basic",
                "Basic ",
                "Basic !!!!",
                "Basic Og==",
                "Bearer x",
                "Basic " + new string('A', 20_000),
                $"{authorization}x",
                $"{authorization}, {authorization}",
                "",
                "Basic AAAA:AAAA",
                "Digest a",
            ]
        );
        return Head(
            "credentials",
            operation.Method.Method,
            PathOf(random, targets, operation, odds: 0),
            body: null,
            $"Authorization: {credentials}"
        );
    }

    // Malformed HTTP that the web server either accepts or rejects.
    private FuzzRequest Wire(Random random, Targets targets, ServedOperation operation)
    {
        var path = PathOf(random, targets, operation, odds: 0);
        var whole = Request(
            operation,
            "",
            path,
            operation.Form is [] ? null : Pairs(random, targets, operation).Text,
            UrlEncoded
        );
        var text = whole.Text;
        return random.Next(12) switch
        {
            0 => whole with { Kind = "slow body", Pauses = random.Next(1, 4) },
            1 => Broken("cut short", text[..random.Next(1, text.Length)]),
            2 => Broken("random bytes", Values.Bytes(random, random.Next(1, 300))),
            3 => Broken("flipped byte", Flipped(random, text, path)),
            4 => Broken("wrong length", Replace("Content-Length: ", Values.Pick(random, WrongLengths))),
            5 or 6 => Broken("broken chunks", Chunked(random, operation, path, Pairs(random, targets, operation).Text)),
            7 => Odd(
                "other method",
                Values.Pick(random, OtherMethods) + text[text.IndexOf(' ', StringComparison.Ordinal)..]
            ),
            8 => Odd("other version", Replace("HTTP/1.1", Values.Pick(random, OtherVersions))),
            9 => Odd("absolute or odd target", Replace($" {path}", Values.Pick(random, OddTargets(path)))),
            10 => Odd("odd host", Replace("Host: server", Values.Pick(random, OddHosts))),
            _ => Odd("long line", Replace(path, $"{path}?{new string('a', random.Next(6000, 20_000))}")),
        };

        string Replace(string part, string with) => text.Replace(part, with, StringComparison.Ordinal);

        static FuzzRequest Odd(string kind, string text) => new(kind, text, IsHttp: false, MayHangUp: true);

        static FuzzRequest Broken(string kind, string text) => Odd(kind, text) with { IsWhole = false };
    }

    private static string[] OddTargets(string path) =>
        [
            $" http://evil.example{path}",
            " *",
            $" {path[1..]}",
            $" http://{path}",
            $" {path}#fragment",
            " /",
            " /v1",
            " //v1/Services",
        ];

    // The path stays unchanged: a SID with another digit would be an absent row, or the same row again.
    private static string Flipped(Random random, string text, string path)
    {
        var from = text.IndexOf(path, StringComparison.Ordinal) + path.Length;
        var at = random.Next(from, text.Length);
        return $"{text[..at]}{(char)random.Next(128, 256)}{text[(at + 1)..]}";
    }

    private string Chunked(Random random, ServedOperation operation, string path, string body)
    {
        var head =
            $"{operation.Method} {path} HTTP/1.1\r\nHost: server\r\nAuthorization: {authorization}\r\n"
            + $"{UrlEncoded}\r\nTransfer-Encoding: "
            + $"{Values.Pick(random, ["chunked", "chunked", "chunked", "gzip, chunked", "chunked, chunked", "foo"])}"
            + "\r\n\r\n";
        var size = body.Length.ToString("x", CultureInfo.InvariantCulture);
        return head
            + Values.Pick(
                random,
                [
                    $"{size}\r\n{body}\r\n0\r\n\r\n",
                    $"{size};a=b\r\n{body}\r\n0\r\nX: y\r\n\r\n",
                    $"zz\r\n{body}",
                    $"1\r\n{body}\r\n0\r\n\r\n",
                    $"ffffffffffffffff\r\n{body}",
                    $"{size}\r\n{body}",
                    $"-1\r\n{body}\r\n0\r\n\r\n",
                ]
            );
    }

    private static string PathOf(Random random, Targets targets, ServedOperation operation, int odds) =>
        operation.PathOf(
            operation.Named.Select(resource =>
                odds > 0 && random.Next(odds) == 0
                    ? Target(random.Next(2) == 0 ? Values.Sid(random, targets) : Values.Odd(random, targets).Text)
                    : targets.Of(resource)
            )
        );

    // Half of the values are valid, so that some forms pass all checks.
    private static string Likely(Random random, Targets targets, ServedOperation operation, string name)
    {
        var valid = Values
            .Pick(random, operation.Resource.Forms(targets.Sample))
            .Where(field => field.Name == name)
            .ToList();
        return valid is [] || random.Next(2) == 0
            ? Values.Likely(random, targets)
            : Uri.EscapeDataString(Values.Pick(random, valid).Value);
    }

    // A target has no blanks, no bytes outside ASCII, and fits in a line. Other kinds of requests cover those.
    private static string Target(string text) =>
        string.Concat(
            text.Take(3000).Select(c => c is > ' ' and < '\x7f' and not ('?' or '#') ? $"{c}" : $"%{(int)c:X2}")
        );

    private FuzzRequest Request(
        ServedOperation operation,
        string kind,
        string target,
        string? body,
        params string[] headers
    ) => Head(kind, operation.Method.Method, target, body, [$"Authorization: {authorization}", .. headers]);

    private static FuzzRequest Head(string kind, string method, string target, string? body, params string[] headers) =>
        new(
            kind,
            string.Join(
                "\r\n",
                [
                    $"{method} {target} HTTP/1.1",
                    "Host: server",
                    .. headers,
                    .. body is null ? [] : new[] { $"Content-Length: {body.Length}" },
                    "",
                    body,
                ]
            ),
            IsHttp: !target.Contains("%00", StringComparison.Ordinal)
        );
}
