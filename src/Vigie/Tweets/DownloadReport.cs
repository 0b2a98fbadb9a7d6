namespace Vigie.Tweets;

/// <summary>How far a download is.</summary>
/// <param name="Bytes">Bytes on the disk.</param>
/// <param name="TotalBytes">Bytes there will be; null where the server does not say.</param>
public readonly record struct DownloadProgress(long Bytes, long? TotalBytes);

/// <summary>What a download did.</summary>
/// <param name="Path">Where the file is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Its SHA-256, lower-case hexadecimal.</param>
/// <param name="Verified">Whether that was compared with a checksum known before; false for the first download of a file that has none.</param>
/// <param name="Downloaded">Bytes that came over the network this time; 0 where the file was there already.</param>
/// <param name="Restarts">How often the transfer had to be taken up again.</param>
public sealed record DownloadReport(string Path, long Bytes, string Sha256, bool Verified, long Downloaded, int Restarts);

/// <summary>A published file could not be brought here whole. What arrived is kept for the next try, unless it is wrong.</summary>
public sealed class DownloadException : Exception
{
    /// <summary>Creates the exception with a message that names the address and what to do.</summary>
    public DownloadException(string message) : base(message) { }

    /// <summary>Creates the exception with the failure that caused it.</summary>
    public DownloadException(string message, Exception inner) : base(message, inner) { }
}
