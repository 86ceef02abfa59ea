using System.Globalization;

namespace Conversations.Faults;

/// <summary>How long the faults go on: a short while in CI, or as long as the project's figures ask for, with FAULTS=long.</summary>
public static class Rounds
{
    public static bool AreLong { get; } = Environment.GetEnvironmentVariable("FAULTS") == "long";

    /// <summary>What random choices begin with: FAULTS_SEED, which a failure names, to have the same ones again; else a fresh one.</summary>
    public static ulong Seed { get; } =
        Environment.GetEnvironmentVariable("FAULTS_SEED") is { Length: > 0 } seed
            ? ulong.Parse(seed, CultureInfo.InvariantCulture)
            : (ulong)Random.Shared.NextInt64(1, 1_000_000_000);

    public static int Of(int quick, int full) => AreLong ? full : quick;
}
