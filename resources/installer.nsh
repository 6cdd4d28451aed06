; What the program writes into the registry while it runs (to start at login, to be given evenkeel:// links) goes with it: nothing is to
; lead to a program that is not there. An update takes the old version out too, and keeps both.
!macro customUnInstall
  ${ifNot} ${isUpdated}
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
    DeleteRegKey HKCU "Software\Classes\evenkeel"
  ${endIf}
!macroend
