using System.Globalization;

namespace Conversations.Faults;

/// <summary>
/// How long the tests of faults run: short by default, or with FAULTS=long as long as the published figures need.
/// </summary>
public static class Rounds
{
    public static bool AreLong { get; } = Environment.GetEnvironmentVariable("FAULTS") == "long";

    /// <summary>
    /// The seed of all random choices: FAULTS_SEED, which a failure prints, repeats the same choices. Without it the
    /// seed is new.
    /// </summary>
    public static ulong Seed { get; } =
        Environment.GetEnvironmentVariable("FAULTS_SEED") is { Length: > 0 } seed
            ? ulong.Parse(seed, CultureInfo.InvariantCulture)
            : (ulong)Random.Shared.NextInt64(1, 1_000_000_000);

    public static int Of(int quick, int full) => AreLong ? full : quick;
}
