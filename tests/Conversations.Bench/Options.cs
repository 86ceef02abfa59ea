using System.Globalization;

namespace Conversations.Bench;

/// <summary>What to measure and for how long.</summary>
internal sealed record Options
{
    public const string Usage = """
        dotnet run -c Release --project tests/Conversations.Bench -- [options]

        What (several may be given; without any: --floor)
          --floor             every operation, beside the floor and pgbench
          --flat [MANY,FEW]   many rows against few (10000000,10000), last page against first,
                              1,000th participant against 2nd, identity against SID
          --sqlite            the server on SQLite against the server on PostgreSQL
          --start             start to first answer, and memory
          --soak [MINUTES]    memory under a mixed load (10)
          --against FOLDER    every operation, beside another published build of the server
          --pool SIZE         beside the same build with another size of the connection pool
          --socket            beside the same build with a Unix-domain socket to PostgreSQL
          --emulate FOLDER    beside emulate, where both have the operation. The folder is where
                              npm install node@24 emulate@0.12.2 has run. The bench changes it:
                              emulate answers 5,000 requests an hour
        How
          --rows N            participants loaded: 1000000; at least 10000
          --seconds S         of a round: 3
          --pairs N           of rounds: 5
          --connections LIST  1,16,64
          --only LIST         operations whose names contain one of these: fetch,list
          --no-fsync          PostgreSQL without fsync
          --keep FOLDER       keep the loaded cluster there, and use it again
          --compare FILE      print the ratios of an earlier run beside the new ones
        """;

    public bool Floor { get; init; }

    public (int Many, int Few)? Flat { get; init; }

    public bool Sqlite { get; init; }

    public bool Start { get; init; }

    public double? SoakMinutes { get; init; }

    public string? Against { get; init; }

    public int? Pool { get; init; }

    public bool Socket { get; init; }

    public string? Emulate { get; init; }

    public int Rows { get; init; } = 1_000_000;

    public double Seconds { get; init; } = 3;

    public int Pairs { get; init; } = 5;

    public IReadOnlyList<int> Connections { get; init; } = [1, 16, 64];

    public IReadOnlyList<string> Only { get; init; } = [];

    public bool Fsync { get; init; } = true;

    public string? Keep { get; init; }

    public string? Compare { get; init; }

    /// <summary>Throws a <see cref="FormatException"/> for an unknown option.</summary>
    public static Options Parse(string[] arguments)
    {
        Options options = new();
        Queue<string> left = new(arguments);
        while (left.TryDequeue(out var name))
        {
            options = name switch
            {
                "--floor" => options with { Floor = true },
                "--flat" => options with { Flat = Optional() is { } sizes ? PairOf(sizes) : (10_000_000, 10_000) },
                "--sqlite" => options with { Sqlite = true },
                "--start" => options with { Start = true },
                "--soak" => options with { SoakMinutes = Optional() is { } minutes ? Number(minutes) : 10 },
                "--against" => options with { Against = Value() },
                "--pool" => options with { Pool = (int)Number(Value()) },
                "--socket" => options with { Socket = true },
                "--emulate" => options with { Emulate = Value() },
                "--rows" => options with { Rows = RowsOf(Value()) },
                "--seconds" => options with { Seconds = Number(Value()) },
                "--pairs" => options with { Pairs = (int)Number(Value()) },
                "--connections" => options with
                {
                    Connections = [.. Value().Split(',').Select(text => (int)Number(text))],
                },
                "--only" => options with { Only = Value().Split(',') },
                "--no-fsync" => options with { Fsync = false },
                "--keep" => options with { Keep = Value() },
                "--compare" => options with { Compare = Value() },
                _ => throw new FormatException($"What is {name}?"),
            };

            string? Optional() =>
                left.TryPeek(out var next) && !next.StartsWith("--", StringComparison.Ordinal) ? left.Dequeue() : null;

            string Value() => Optional() ?? throw new FormatException($"{name} needs a value.");
        }

        return options with
        {
            Floor = options.Floor || options is { NeedsCluster: false, Start: false },
        };
    }

    /// <summary>Whether an option uses PostgreSQL.</summary>
    public bool NeedsCluster =>
        Floor || Flat is not null || Sqlite || SoakMinutes is not null || HasOther || Emulate is not null;

    /// <summary>Whether a variant of the server is measured beside it.</summary>
    public bool HasOther => Against is not null || Pool is not null || Socket;

    public bool Includes(Operation operation) =>
        Only.Count == 0 || Only.Any(part => operation.Name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static (int Many, int Few) PairOf(string text) =>
        text.Split(',') is [var many, var few]
            ? (RowsOf(many), RowsOf(few))
            : throw new FormatException($"--flat needs two numbers of rows, as in 10000000,10000, not {text}.");

    private static int RowsOf(string text) =>
        Number(text) is var rows and >= 10_000 and <= 100_000_000
            ? (int)rows
            : throw new FormatException("Rows are 10000 to 100000000.");

    private static double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{text} is not a number above 0.");
}
