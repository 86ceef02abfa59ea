using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Conversations.Api.Hosting;
using Xunit.Abstractions;

namespace Conversations.Faults;

/// <summary>
/// Every setting of this server with texts of every kind. The start ends with one sentence that names the setting, or
/// the server works. It runs in this process; the settings arrive as arguments.
/// </summary>
[Collection(nameof(Alone))]
public sealed class SettingFuzzTests(ITestOutputHelper output)
{
    private const string Account = "AC0123456789abcdef0123456789abcdef";

    private const string Key = "SK0123456789abcdef0123456789abcdef";

    private const string Token = "0123456789abcdef0123456789abcdef";

    // By this file in the working folder the factory of the server finds the folder of the project.
    private const string Manifest = "MvcTestingAppManifest.json";

    // The time for the quick run, which takes a part of the cases.
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(25);

    private static readonly string[] Texts =
    [
        "",
        " ",
        "\t",
        "\n",
        "\u00a0",
        "0",
        "-0",
        "-1",
        "+1",
        "1",
        "007",
        " 5",
        "5 ",
        "1.0",
        "1.5",
        ".5",
        "5.",
        "0,5",
        "1e3",
        "1e400",
        "0.0000001",
        "NaN",
        "Infinity",
        "0x10",
        "1_000",
        "1,000",
        "٣",
        "５",
        "600",
        "1000",
        "1024",
        "1048576",
        "2147483647",
        "2147483648",
        "9223372036854775808",
        new string('9', 1000),
        new string('x', 100_000),
        "5s",
        "5 min",
        "00:00:05",
        "10%",
        "true",
        "TRUE",
        " true ",
        "yes",
        "null",
        "[]",
        "{}",
        "{0}",
        "%s",
        "$HOME",
        "é",
        "💥",
        "\u202eabc",
        "a\nb",
        "a\r\nX-Injected: 1",
        "*",
        ";",
        "=",
        "a=b",
        "localhost",
        "LOCALHOST",
        "example.com",
        "*.example.com",
        "bücher.example",
        "a\u05d0b.example",
        "example.com.",
        $"{new string('a', 64)}.example",
        "example.com;127.0.0.1",
        "127.0.0.1",
        "127.0.0.1;[::1]",
        "[::1]",
        "::1",
        "fe80::1%1",
        "0.0.0.0/0",
        "::/0",
        "::ffff:10.0.0.0/104",
        "10.0.0.1/8",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10",
        "http://",
        "http:///a",
        "http://[",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://bücher.example/ü",
        "http://a\u05d0b.example/",
        "https://example.com/a b",
        "https://example.com/%zz",
        "https://example.com/a/../b//",
        "https://example.com/\"<>",
        " https://example.com",
        "https://example.com\n",
        "HTTPS://EXAMPLE.COM",
        "javascript:alert(1)",
        "+15017122661",
        "whatsapp:+15017122661",
        "messenger:1",
        Account,
        Account.ToUpperInvariant(),
        Key,
        Token,
        $"{Token}é💥",
        $"{Token}:{Token}",
        $"{Token} {Token}",
        "Data Source=:memory:",
        "Data Source=:memory:;Default Timeout=-1",
        "Data Source=:memory:;Default Timeout=0",
        "Data Source=:memory:;Mode=banana",
        "Data Source=:memory:;Pooling=False",
        "Data Source=:memory:;Password=x",
        "Data Source=:memory:;Foreign Keys=False",
        "Data Source=new.db;Mode=ReadOnly",
        "Data Source=new.db;Mode=ReadWrite",
        "Data Source=new.db;Cache=Shared",
        "Data Source=new.db;Default Timeout=-1",
        "Data Source=new.db;Default Timeout=99999999999",
        "Data Source=|DataDirectory|/new.db",
        "Mode=Memory",
        "file::memory:",
        "file:uri.db?mode=memory",
        "file:uri.db?mode=ro",
        "file:uri.db",
        "folder/new.db",
        ".",
        "/",
        "/dev/null",
        "/proc/version",
        "ü💥.db",
        "Host=127.0.0.1;Port=1",
        "Host=127.0.0.1;Port=1;Timeout=-1",
        "Host=127.0.0.1;Port=1;Command Timeout=-1",
        "Host=127.0.0.1;Port=1;Maximum Pool Size=-1",
        "Host=127.0.0.1;Port=1;Minimum Pool Size=9;Maximum Pool Size=1",
        "Host=127.0.0.1;Port=1;Multiplexing=true",
        "Host=127.0.0.1;Port=-1",
        "Host=,;Port=1",
        "Host=/nowhere",
        "postgresql://",
        "postgresql://127.0.0.1:1",
        "postgresql://127.0.0.1:1/%zz",
        "postgresql://127.0.0.1:1/x?connect_timeout=-1",
        "postgresql://[::1]:1/x",
    ];

    [Fact]
    public async Task Every_text_of_every_setting_works_or_is_named()
    {
        var seed = Rounds.Seed;
        (string Key, string Text)[] cases =
        [
            .. Settings.Own.SelectMany(setting => Texts.Select(text => (KeyOf(setting), text))),
        ];
        new Random((int)(seed % int.MaxValue)).Shuffle(cases);
        var folder = Directory.CreateTempSubdirectory("conversations-fuzz-").FullName;
        var (before, errors) = (Directory.GetCurrentDirectory(), Console.Error);
        Directory.SetCurrentDirectory(folder);
        File.Copy(Path.Combine(AppContext.BaseDirectory, Manifest), Manifest);
        List<string> wrong = [];
        var (started, done, working) = (Stopwatch.GetTimestamp(), 0, 0);
        try
        {
            foreach (var (key, text) in cases)
            {
                if (!Rounds.AreLong && Stopwatch.GetElapsedTime(started) > Quick)
                {
                    break;
                }

                var (works, what) = await TryAsync(key, text);
                if (what is not null)
                {
                    wrong.Add($"{key}={Short(text)}: {Short(what)}");
                }

                (done, working) = (done + 1, working + (works ? 1 : 0));
            }
        }
        finally
        {
            Console.SetError(errors);
            Directory.SetCurrentDirectory(before);
        }

        output.WriteLine($"{done} of {cases.Length} cases: {working} worked, {done - working} were named; seed {seed}");
        Assert.True(wrong is [], $"FAULTS_SEED={seed}\n{string.Join('\n', wrong)}");
        Directory.Delete(folder, recursive: true);
    }

    /// <returns>Whether the server started, and what is wrong.</returns>
    private static async Task<(bool Works, string? Wrong)> TryAsync(string key, string text)
    {
        using StringWriter said = new();
        Console.SetError(TextWriter.Synchronized(said));
        TestServer server;
        try
        {
            server = TestServer.With([.. Companions(key), (key, text)]);
        }
        catch (Exception exception)
        {
            // The factory fails when the program ends, which may be a moment before it says why. What it says counts.
            SpinWait.SpinUntil(() => said.GetStringBuilder().Length > 0, TimeSpan.FromSeconds(10));
            return (false, WrongSentence(said.ToString().TrimEnd('\r', '\n'), key, exception));
        }

        await using (server)
        {
            var (user, password) = CredentialsOf(key, text);
            using var http = Twilio.NewClient(server, user, password);
            foreach (var path in new[] { "/health/ready", "/v1/Conversations", "/v1/Conversations?PageSize=1" })
            {
                using var answer =
                    path.Contains("v1/Conversations?", StringComparison.Ordinal) ? await http.GetAsync(path)
                    : path[1] == 'v' ? await http.PostAsync(path, content: null)
                    : await http.GetAsync(path);
                var status = (int)answer.StatusCode;
                var isRight =
                    answer.IsSuccessStatusCode
                    || (status == 403 && key == "AllowedHosts")
                    || (status == 429 && key == "Limits:RequestsPerSecond");
                var body = await answer.Content.ReadAsStringAsync();
                if (!isRight)
                {
                    return (true, $"{path} is answered with {status}: {body}");
                }

                if (status == 201 && !Uri.IsWellFormedUriString(UrlIn(body), UriKind.Absolute))
                {
                    return (true, $"{path} is answered with the URL {UrlIn(body)}");
                }
            }
        }

        return (true, null);
    }

    private static string? UrlIn(string body) => (string?)JsonNode.Parse(body)!["url"];

    private static string? WrongSentence(string sentence, string key, Exception exception) =>
        sentence.Length == 0 ? $"no sentence, but {exception}"
        : sentence.Contains('\n') ? $"several lines: {sentence}"
        : !sentence.Contains(key, StringComparison.Ordinal)
        && !sentence.Contains(Setting.NameOf(key), StringComparison.Ordinal)
            ? $"the setting is not named: {sentence}"
        : !sentence.EndsWith('.') ? $"not a sentence: {sentence}"
        : null;

    // The second entry of the accounts, because the first one is the test server's.
    private static string KeyOf(Setting setting) =>
        setting.Key.Replace("Accounts:#", "Accounts:1", StringComparison.Ordinal).Replace('#', '0');

    private static (string Key, string Value)[] Companions(string key) =>
        key.StartsWith("Accounts:", StringComparison.Ordinal)
            ?
            [
                ("Accounts:1:Sid", Account),
                ("Accounts:1:AuthToken", Token),
                ("Accounts:1:ApiKeys:0:Sid", Key),
                ("Accounts:1:ApiKeys:0:Secret", Token),
            ]
            : [];

    private static (string User, string Password) CredentialsOf(string key, string text) =>
        key switch
        {
            "Accounts:1:Sid" => (text, Token),
            "Accounts:1:AuthToken" => (Account, text),
            "Accounts:1:ApiKeys:0:Sid" => (text, Token),
            "Accounts:1:ApiKeys:0:Secret" => (Key, text),
            "Accounts:1:Senders:0" => (Account, Token),
            _ => ($"AC{0:x32}", TestServer.TokenOf($"AC{0:x32}")),
        };

    private static string Short(string text)
    {
        StringBuilder escaped = new();
        foreach (var letter in text.Length > 300 ? text[..300] : text)
        {
            escaped.Append(char.IsControl(letter) ? $"\\u{(int)letter:x4}" : letter);
        }

        return escaped.ToString();
    }
}
